import type { Counted, CounterStep } from './contract.ts';
import { type DenoKv, type DenoKvKey, untilUnchanged } from './deno-kv-client.ts';
import { expiryIn } from './deno-kv-partition.ts';

interface Counter {
  readonly value: number;
  readonly expiresAt: number;
}

/** One step of the counter under that key. @param timeout In seconds. */
export function denoKvAdvance(
  kv: DenoKv,
  key: DenoKvKey,
  { floor, by, ceiling, expiresAt }: CounterStep,
  now: number,
  timeout: number,
): Promise<Counted> {
  return untilUnchanged(timeout, async () => {
    const [entry] = await kv.getMany([key]);
    const held = (entry?.value ?? undefined) as Counter | undefined;
    const counter = held && held.expiresAt > now ? held : undefined;
    const value = Math.max(floor, counter?.value ?? floor);
    const next = Math.max(floor, value + by);
    if (next > ceiling) return { answer: { ok: false, value } };
    const answer = { ok: true, value: next };
    // Whoever only looks, or gives back what is forgotten, makes none.
    if (next === value || (!counter && next < value)) return { answer };
    const to = kv.atomic().check({ key, versionstamp: entry?.versionstamp ?? null });
    to.set(key, { value: next, expiresAt }, expiryIn(expiresAt - now));
    return (await to.commit()).ok ? { answer } : undefined;
  });
}
