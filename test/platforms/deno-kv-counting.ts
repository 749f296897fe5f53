/** Runs in Deno: advances one counter, ten steps at once, and prints the values that it was told. See deno-kv.test.ts. */
import { type DenoKv, denoKvStore } from '../../src/stores/deno-kv.ts';

declare const Deno: {
  readonly args: readonly string[];
  openKv(path: string): Promise<DenoKv & { close(): void }>;
};

const [path = '', count = ''] = Deno.args;

/** Two processes that make one file at the same moment: Deno lets one of them in, and the other is told that it is locked. */
async function opened(tries = 50): ReturnType<typeof Deno.openKv> {
  try {
    return await Deno.openKv(path);
  } catch (error) {
    if (!tries || !String(error).includes('database is locked')) throw error;
    await new Promise((resolve) => setTimeout(resolve, 20));
    return opened(tries - 1);
  }
}

const kv = await opened();
const store = denoKvStore(kv, { timeout: 60 });
const now = Math.floor(Date.now() / 1000);
const key = { kind: 'limit', partition: 'of-ada', id: 'ada' };
const step = { floor: 0, by: 1, ceiling: 1_000_000, expiresAt: now + 1000 };
const values: number[] = [];
for (let done = 0; done < Number(count); done += 10) {
  const counted = await Promise.all(Array.from({ length: 10 }, () => store.advance(key, step, now)));
  values.push(...counted.map(({ value }) => value));
}
console.log(JSON.stringify(values));
kv.close();
