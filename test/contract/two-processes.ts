import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Store } from '../../src/stores/contract.ts';
import { eachVerb, type StoreVerb } from '../../src/stores/each-verb.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { type StoreCase, type StoreCasesOptions, storeCases } from '../../src/testing/index.ts';

/** What the other process imports: a module that exports `open`. It closes one store before it opens the next. */
export interface StoreModule {
  open(url: string): Promise<Opened>;
}

export interface Opened {
  readonly store: Store<never>;
  close(): unknown;
}

/** To the other process. */
export type Asked =
  | { readonly id: number; readonly open: string }
  | { readonly id: number; readonly verb: StoreVerb; readonly given: readonly unknown[] };

/** From the other process. */
export interface Told {
  readonly id: number;
  readonly answer?: unknown;
  readonly failure?: string;
}

/** Another Node process with a store of its own. */
export interface OtherProcess {
  readonly pid: number;
  /** How many calls it has answered. */
  readonly calls: number;
  /** Opens a store there; calls of it are sent there. The one before is closed. */
  open(url: string): Promise<Store>;
  stop(): Promise<void>;
}

/**
 * Starts another process, for what is told of all processes. What is in flight there and what is called here are two
 * programs with a connection each; only the words "now" and "that was the answer" go from one to the other.
 *
 * @param module A {@link StoreModule}, as a `file:` URL. It may be TypeScript.
 */
export async function startOtherProcess(module: string): Promise<OtherProcess> {
  const child = fork(fileURLToPath(new URL('./store-process.ts', import.meta.url)), [module], {
    execArgv: ['--import', 'tsx'],
    // Else `undefined` and NUL would not arrive as they are.
    serialization: 'advanced',
  });
  const ask = messengerOf(child);
  let calls = 0;
  await ask({ open: '' });
  return {
    pid: child.pid as number,
    get calls() {
      return calls;
    },
    async open(url) {
      const capabilities = (await ask({ open: url })) as Store['capabilities'];
      // For its verbs alone: no call ever reaches it.
      return eachVerb({ ...memoryStore(), capabilities }, ({ verb, given }) => {
        calls++;
        return ask({ verb, given });
      });
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await gone;
    },
  };
}

type Question = { readonly open: string } | { readonly verb: StoreVerb; readonly given: readonly unknown[] };

function messengerOf(child: ChildProcess): (question: Question) => Promise<unknown> {
  const waiting = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
  let last = 0;
  child.on('message', ({ id, answer, failure }: Told) => {
    const asker = waiting.get(id);
    waiting.delete(id);
    if (failure === undefined) asker?.resolve(answer);
    else asker?.reject(new Error(`in the other process: ${failure}`));
  });
  child.on('exit', (code, signal) => {
    for (const { reject } of waiting.values()) reject(new Error(`the other process has ended: ${code ?? signal}`));
    waiting.clear();
  });
  return (question) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      waiting.set(id, { resolve, reject });
      child.send({ id, ...question }, (error) => error && reject(error));
    });
}

/**
 * The cases that are told of all processes, races and fresh reads, with one handle here and one there.
 *
 * @param createStore Makes an empty store here, and says by which URL the other process finds its data.
 */
export function twoProcessCases(
  other: () => OtherProcess,
  createStore: () => Promise<{ readonly store: Store<never>; readonly url: string }>,
  options?: StoreCasesOptions,
): readonly StoreCase<[]>[] {
  const createBoth = async () => {
    const { store, url } = await createStore();
    return [store, await other().open(url)] as const;
  };
  return storeCases(createBoth, options).filter(([name]) => /^(race|fresh)\b/.test(name));
}
