import type { RecordKey, Store } from '../../../src/stores/contract.ts';
import { memoryStore } from '../../../src/stores/memory.ts';
import { letOthersGo, randomOf } from '../../../src/testing/store-contract/delayed.ts';
import type { StoreHandles } from '../../../src/testing/store-contract/store-contract.ts';

/** A store that breaks the contract in one way, and the cases that must say so. */
export type Broken = readonly [what: string, create: () => StoreHandles, caught: readonly string[]];

export type StoreVerb = Exclude<keyof Store, 'capabilities'>;

/** What the memory store is: what follows an answer follows in the same step. */
export type AtOnce = {
  readonly [Verb in StoreVerb]: (...given: Parameters<Store[Verb]>) => Awaited<ReturnType<Store[Verb]>>;
};

/** Others go first here, as they do wherever a store asks its database twice. */
export type Meanwhile = () => Promise<void>;

/** The memory store, with some verbs of another sort. */
export function broken(
  what: string,
  change: (store: AtOnce, meanwhile: Meanwhile) => Partial<Store>,
  caught: readonly string[],
): Broken {
  const create = (): Store => {
    const [store, random] = [memoryStore(), randomOf(1)];
    return { ...store, ...change(store as AtOnce, () => letOthersGo(random)) };
  };
  return [what, create, caught];
}

/** The names of a race's two cases. */
export function bothOf(race: string): readonly string[] {
  return [`race: ${race}`, `race from afar: ${race}`];
}

type Verb = (...given: readonly unknown[]) => unknown;

/** A store each of whose verbs is done by `ask`. */
export function eachVerb(
  store: AtOnce,
  ask: (verb: StoreVerb, given: Parameters<Store[StoreVerb]>) => unknown,
): Partial<Store> {
  const verbs = (Object.keys(store) as (keyof Store)[]).filter((verb) => verb !== 'capabilities');
  return Object.fromEntries(
    verbs.map((verb) => [verb, (...given: Parameters<Store[StoreVerb]>) => ask(verb, given)]),
  ) as Partial<Store>;
}

export function call(store: AtOnce, verb: StoreVerb, given: readonly unknown[]): unknown {
  return (store[verb] as unknown as Verb)(...given);
}

/** Keeps everything twice; the copy never hears of `missed`, and answers in place of the store where it is asked by `verb`. */
export function withCopy(verb: StoreVerb, missed: StoreVerb): (store: AtOnce) => Partial<Store> {
  return (store) => {
    const copy = memoryStore() as AtOnce;
    return eachVerb(store, (asked, given) => {
      const answer = call(store, asked, given);
      if (asked === missed) return answer;
      const copied = call(copy, asked, given);
      return asked === verb ? copied : answer;
    });
  };
}

type Name = readonly [kind: string, partition: string, name: string];

/** Keeps ids and subjects under other names. `back` undoes it. */
export function renaming(
  to: (...name: Name) => Name,
  back: (name: string) => string = (name) => name,
): (store: AtOnce) => Partial<Store> {
  const keyOf = (key: RecordKey): RecordKey => {
    const [kind, partition, id] = to(key.kind, key.partition, key.id);
    return { kind, partition, id };
  };
  const idOf = (key: Omit<RecordKey, 'id'>, id: string | undefined) =>
    id === undefined ? id : keyOf({ ...key, id }).id;
  const ownerOf = (owner: Omit<RecordKey, 'id'> & { readonly subject: string }) => {
    const [kind, partition, subject] = to(owner.kind, owner.partition, owner.subject);
    return { kind, partition, subject };
  };
  const shown = <R extends { readonly subject: string }>(record: R): R => ({
    ...record,
    subject: back(record.subject),
  });
  return (store) => ({
    create: (key, record, now) =>
      store.create(keyOf(key), { ...record, subject: ownerOf({ ...key, ...record }).subject }, now),
    read: (key, now) => {
      const record = store.read(keyOf(key), now);
      return record && shown(record);
    },
    swap: (key, version, next, now, newId) => store.swap(keyOf(key), version, next, now, idOf(key, newId)),
    touch: (key, touch) => store.touch(keyOf(key), touch),
    delete: (key, now) => store.delete(keyOf(key), now),
    list: (owner, page, now) => {
      const { records, next } = store.list(ownerOf(owner), page, now);
      return { records: records.map((record) => ({ ...shown(record), id: back(record.id) })), next };
    },
    endAll: (owner, now, exceptId) => store.endAll(ownerOf(owner), now, idOf(owner, exceptId)),
    epoch: (owner) => store.epoch(ownerOf(owner)),
    advance: (key, step, now) => store.advance(keyOf(key), step, now),
  });
}

/** The name of a case of `not-found.ts`. */
export function notFound(what: string, verb: string): string {
  return `not found: ${what}, by ${verb}; and nothing has changed`;
}

export const DEAD: readonly string[] = ['a deleted record', 'an expired record', 'an ended record'];
