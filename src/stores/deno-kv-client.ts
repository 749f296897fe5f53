export type DenoKvKey = readonly (string | number | Uint8Array)[];

export interface DenoKvEntry {
  readonly value: unknown;
  /** `null` where there is nothing. */
  readonly versionstamp: string | null;
}

/** That a key still holds what it held. */
export interface DenoKvCheck {
  readonly key: DenoKvKey;
  readonly versionstamp: string | null;
}

/** What is called of `Deno.Kv`. */
export interface DenoKv {
  getMany(keys: readonly DenoKvKey[]): Promise<readonly DenoKvEntry[]>;
  list(
    selector: { readonly prefix: DenoKvKey; readonly start: DenoKvKey },
    options: { readonly batchSize: number },
  ): AsyncIterable<{ readonly value: unknown }>;
  atomic(): DenoKvAtomic;
}

/** What is called of `Deno.AtomicOperation`. */
export interface DenoKvAtomic {
  check(...checks: readonly DenoKvCheck[]): DenoKvAtomic;
  set(key: DenoKvKey, value: unknown, options?: { readonly expireIn?: number }): DenoKvAtomic;
  delete(key: DenoKvKey): DenoKvAtomic;
  commit(): Promise<{ readonly ok: boolean }>;
}

/** With a hundred callers at one key, who all fail but one each time, the last of them has its turn long before. */
const MOST_TRIES = 100;
const LONGEST_PAUSE = 50;

/**
 * Looks and writes on the condition that nothing has changed, until that succeeds.
 *
 * @param seconds How long it may try: what has failed for its caller by then must not be done after all.
 * @param step `undefined`: something had changed.
 * @throws Error When it never does. Nothing is written then.
 */
export async function untilUnchanged<Answer>(
  seconds: number,
  step: () => Promise<{ readonly answer: Answer } | undefined>,
): Promise<Answer> {
  const end = performance.now() + seconds * 1000;
  for (let tries = 0; tries < MOST_TRIES && performance.now() < end; tries++) {
    const done = await step().catch(unlessLocked);
    if (done) return done.answer;
    // By chance, so that those who met do not meet again.
    const longest = Math.min(2 ** tries, LONGEST_PAUSE);
    await new Promise((resume) => setTimeout(resume, Math.random() * longest));
  }
  throw new Error('the store could not write: others were first each time');
}

/** A KV in a file is locked for a moment where another process, or another connection, writes; then nothing was written here. */
function unlessLocked(error: unknown): undefined {
  if (!(error instanceof Error && error.message.includes('database is locked'))) throw error;
}
