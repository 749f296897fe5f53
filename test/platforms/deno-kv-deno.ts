/** Runs in Deno: the contract on a KV in a file, by two connections, families of refresh tokens, and limits. Prints a line of JSON a case. See deno-kv.test.ts. */
import { type DenoKv, denoKvStore } from '../../src/stores/deno-kv.ts';
import { storeCases } from '../../src/testing/index.ts';
import { refreshCases } from '../contract/refresh-cases.ts';
import { admittedOf500 } from '../support/limit-race.ts';

declare const Deno: {
  readonly args: readonly string[];
  openKv(path: string): Promise<DenoKv & { close(): void }>;
};

const [path = '', rounds = ''] = Deno.args;
const [one, other] = [await Deno.openKv(path), await Deno.openKv(path)];

let made = 0;
const cases = storeCases(
  () => {
    const options = { prefix: `${made++}` };
    return [denoKvStore(one, options), denoKvStore(other, options)];
  },
  { rounds: Number(rounds) },
);
const families = refreshCases({ rounds: Number(rounds), users: 5 }).map(([name, run]) => {
  const options = { prefix: `refresh${made++}`, timeout: 60 };
  const stores = [denoKvStore(one, options), denoKvStore(other, options)] as const;
  return [`families: ${name}`, () => run(async () => stores)] as const;
});
for (const [name, run] of [...cases, ...families]) {
  const failure = await run().then(
    () => undefined,
    (error: unknown) => String(error instanceof Error ? error.stack : error),
  );
  console.log(JSON.stringify([name, failure]));
}
console.log(
  JSON.stringify(['a limit of 5', `${await admittedOf500(denoKvStore(one, { prefix: 'limits', timeout: 60 }))}`]),
);
one.close();
other.close();
