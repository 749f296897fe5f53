import type { Page, Store, StoreRecord } from '../../../src/stores/contract.ts';
import { type AtOnce, type Broken, broken } from './broken.ts';

/** Answers with what it answered before, the very same object, as long as nothing was written. */
function reusing(store: AtOnce): Partial<Store> {
  const [records, pages] = [new Map<string, StoreRecord>(), new Map<string, Page>()];
  const writing = <Answer>(answer: Answer): Answer => {
    records.clear();
    pages.clear();
    return answer;
  };
  return {
    create: (...given) => writing(store.create(...given)),
    swap: (...given) => writing(store.swap(...given)),
    touch: (...given) => writing(store.touch(...given)),
    delete: (...given) => writing(store.delete(...given)),
    endAll: (...given) => writing(store.endAll(...given)),
    read: (key, now) => {
      const name = JSON.stringify([key, now]);
      const record = records.get(name) ?? store.read(key, now);
      if (record) records.set(name, record);
      return record;
    },
    list: (owner, page, now) => {
      const name = JSON.stringify([owner, page.after, now]);
      const found = pages.get(name) ?? store.list(owner, page, now);
      pages.set(name, found);
      return found;
    },
  };
}

/** Stores that share an object with whoever called. */
export const brokenCopies: readonly Broken[] = [
  broken('answers that are used again', reusing, [
    'copies: a record that was read and is changed',
    'copies: a page, its array and its records that are changed',
  ]),
  broken(
    'records kept as they were handed in',
    (store) => {
      const given = new Map<string, { readonly data: string }>();
      return {
        create: (key, record, now) => {
          const done = store.create(key, record, now);
          if (done) given.set(key.id, record);
          return done;
        },
        swap: (key, version, next, now, newId) => {
          const done = store.swap(key, version, next, now, newId);
          if (done) given.set(newId ?? key.id, next);
          return done;
        },
        read: (key, now) => {
          const record = store.read(key, now);
          return record && { ...record, data: given.get(key.id)?.data ?? record.data };
        },
      };
    },
    [
      'copies: a key and a record that are changed after create',
      'copies: a change and a touch that are changed after they were written',
    ],
  ),
  broken(
    'records that are changed in place',
    (store) => {
      const shown = new Map<string, { -readonly [Member in keyof StoreRecord]: StoreRecord[Member] }>();
      return {
        read: (key, now) => {
          const record = store.read(key, now);
          if (!record) return undefined;
          const same = Object.assign(shown.get(key.id) ?? {}, record) as StoreRecord;
          shown.set(key.id, same);
          return same;
        },
        swap: (key, version, next, now, newId) => {
          const done = store.swap(key, version, next, now, newId);
          const record = done && shown.get(key.id);
          if (record) Object.assign(record, next, { version: version + 1 });
          return done;
        },
      };
    },
    ['copies: a record that was read stays what it was when the store goes on'],
  ),
];
