import type { Store, StoreCapability } from '../../../src/stores/contract.ts';
import { memoryStore } from '../../../src/stores/memory.ts';
import { letOthersGo, randomOf } from '../../../src/testing/store-contract/delayed.ts';
import { type AtOnce, type Broken, bothOf, call, eachVerb } from './broken.ts';

const FRESH = [
  'fresh: a read sees what was created, also where it has looked before',
  ...['touch', 'swap', 'swap to another id', 'delete', 'endAll', 'endAll that spares it'].map(
    (verb) => `fresh: a read sees what was written by ${verb}, also where it has looked before`,
  ),
];
const EPOCH = 'fresh: an epoch is that of the last endAll, whoever ended and whoever asks';

/** Two handles onto one store, and what the second one makes of it. */
const two = (second: (store: AtOnce) => Partial<Store>) => (): readonly [Store, Store] => {
  const store = memoryStore();
  return [store, { ...store, ...second(store as AtOnce) }];
};

/** Answers from a copy that hears of each write when the next one comes. */
function lagging(store: AtOnce): readonly [Store, Store] {
  const copy = memoryStore() as AtOnce;
  let last = (): unknown => undefined;
  const write: typeof call = (_, verb, given) => {
    last();
    last = () => call(copy, verb, given);
    return call(store, verb, given);
  };
  const ask = (source: AtOnce) =>
    ({
      ...memoryStore(),
      ...eachVerb(store, (verb, given) => (isRead(verb) ? call(source, verb, given) : write(store, verb, given))),
    }) as Store;
  return [ask(store), ask(copy)];
}

const isRead = (verb: string): boolean => ['read', 'list', 'epoch'].includes(verb);

/** Keeps what it has read until it writes itself, whether fresh or not. */
function remembering(store: AtOnce): Partial<Store> {
  const seen = new Map<string, unknown>();
  return eachVerb(store, (verb, given) => {
    if (verb !== 'read') {
      if (!isRead(verb)) seen.clear();
      return call(store, verb, given);
    }
    const name = JSON.stringify(given.slice(0, 2));
    if (!seen.has(name)) seen.set(name, call(store, verb, given));
    return seen.get(name);
  });
}

/** One call after another, each in two steps: as one process with a lock of its own, before a database for many. */
function locking(store: AtOnce): Store {
  const random = randomOf(1);
  let before: Promise<unknown> = Promise.resolve();
  const inTurn = <Answer>(act: () => Promise<Answer>): Promise<Answer> => {
    const done = before.then(act);
    before = done;
    return done;
  };
  return {
    ...(store as Store),
    create: (key, record, now) =>
      inTurn(async () => {
        if (store.read(key, now)) return false;
        await letOthersGo(random);
        store.delete(key, now);
        return store.create(key, record, now);
      }),
  };
}

/** Reads a record, and writes it back whole: as whoever keeps records where nothing better can be done. */
function writingBack(store: AtOnce): Partial<Store> {
  const random = randomOf(1);
  return {
    create: async (key, record, now) => {
      if (store.read(key, now)) return false;
      await letOthersGo(random);
      store.delete(key, now);
      return store.create(key, record, now);
    },
    swap: async (key, version, next, now, newId) => {
      if (store.read(key, now)?.version !== version) return false;
      await letOthersGo(random);
      const found = store.read(key, now)?.version;
      if (found !== undefined) store.swap(key, found, next, now, newId);
      return true;
    },
    delete: async (key, now) => {
      if (!store.read(key, now)) return false;
      await letOthersGo(random);
      store.delete(key, now);
      return true;
    },
  };
}

/** Does all it should, and says otherwise. */
function saying(name: StoreCapability, claim: unknown): Broken {
  const create = (): Store => {
    const capabilities = { ...memoryStore().capabilities, [name]: claim };
    return { ...memoryStore(), capabilities };
  };
  return [
    `${JSON.stringify(claim) ?? 'nothing'} for ${name}`,
    create,
    [`capabilities: ${name} is true, or a sentence that says why not`],
  ];
}

/** Stores that claim what they do not keep, above all before a second process; and stores that do not say what they claim. */
export const brokenClaims: readonly Broken[] = [
  ['a claim to be consistent, from a copy that lags behind', () => lagging(memoryStore() as AtOnce), [...FRESH, EPOCH]],
  ['a claim to be consistent, with a cache that hears of no other writer', two(remembering), FRESH],
  [
    'a claim to be consistent, with epochs from before',
    two((store) => {
      const epochs = new Map<string, number>();
      return {
        epoch: (owner) => {
          const known = epochs.get(owner.subject) ?? store.epoch(owner);
          epochs.set(owner.subject, known);
          return known;
        },
      };
    }),
    [EPOCH],
  ],
  [
    'a claim to be atomic, by reading and writing back',
    () => {
      const store = memoryStore();
      return { ...store, ...writingBack(store as AtOnce) };
    },
    [
      ...bothOf('create: of many who claim one id, one gets it'),
      ...bothOf('swap: of many who have read one version, one writes, to whatever id'),
      ...bothOf('delete: of many who end a record, one is told so'),
    ],
  ],
  [
    'a claim to be atomic, with a lock of each process\u2019s own',
    () => {
      const store = memoryStore() as AtOnce;
      return [locking(store), locking(store)];
    },
    bothOf('create: of many who claim one id, one gets it'),
  ],
  [
    'a claim to be atomic, with a cache that deletes and renews by what it has seen',
    two((store) => {
      const gone = new Set<string>();
      return {
        delete: (key, now) => {
          const isFirst = !gone.has(key.id);
          gone.add(key.id);
          store.delete(key, now);
          return isFirst;
        },
      };
    }),
    bothOf('delete: of many who end a record, one is told so'),
  ],
  [
    'a claim to have counters, each process its own',
    two(() => ({ advance: memoryStore().advance })),
    [
      ...bothOf('advance: of many who count at once, as many are admitted as fit'),
      ...bothOf('advance: what is given back while others count is not lost, and not given twice'),
    ],
  ],
  [
    'a claim to have counters, losing one step in ten',
    () => {
      const store = memoryStore();
      let steps = 0;
      return {
        ...store,
        advance: (key, step, now) => store.advance(key, ++steps % 10 ? step : { ...step, by: 0 }, now),
      };
    },
    [
      ...bothOf('advance: of many who count at once, as many are admitted as fit'),
      ...bothOf('advance: what is given back while others count is not lost, and not given twice'),
    ],
  ],
  saying('atomic', undefined),
  saying('consistent', false),
  saying('counters', 'no'),
];
