import type { Page, PageRequest } from './contract.ts';
import { untilUnchanged } from './deno-kv-client.ts';
import { type DenoKvPartition, type DenoKvRecord, denoKvRecordOf, isAlive } from './deno-kv-partition.ts';
import { listPosition, parsePosition } from './list-position.ts';

/** `list` of Deno KV takes no more. */
const MOST_IN_A_BATCH = 500;

/** A page of a subject's list. @param timeout In seconds. */
export function denoKvList(
  partition: DenoKvPartition,
  subject: string,
  { after, limit }: PageRequest,
  now: number,
  timeout: number,
): Promise<Page> {
  const { createdAt, id } = parsePosition(after);
  return untilUnchanged(timeout, async () => {
    const { epochs } = await partition.look(now);
    const living: DenoKvRecord[] = [];
    for await (const record of partition.listed(subject, createdAt, id, Math.min(limit + 1, MOST_IN_A_BATCH))) {
      if (isAlive(record, epochs, now)) living.push(record);
      if (living.length > limit) break;
    }
    // Else one that was spared meanwhile would be missing.
    if ((await partition.look(now)).epochs.check.versionstamp !== epochs.check.versionstamp) return undefined;
    const shown = living.slice(0, limit);
    const data = await Promise.all(shown.map((record) => partition.dataOf(record)));
    if (data.includes(undefined)) return undefined;
    const records = shown.map((record, index) => ({
      ...denoKvRecordOf(record, data[index] as string),
      id: record.id,
    }));
    const last = shown.at(-1);
    return { answer: { records, next: last && living.length > limit ? listPosition(last) : undefined } };
  });
}
