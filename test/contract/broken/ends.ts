import type { RecordKey, Store } from '../../../src/stores/contract.ts';
import { type AtOnce, type Broken, bothOf, broken, withCopy } from './broken.ts';

const LIFTED = 'exceptId: lifts that record into the new epoch, and changes nothing else of it; the others end';
const spares = (what: string) => `exceptId: of ${what} spares nothing and brings nothing back, and all the rest ends`;
const ofOthers = (whose: string) => `exceptId: of a ${whose} spares no session of ada and leaves that one as it is`;

/** An endAll that ends everything, and then adds the spared one anew. */
function sparing(
  what: string,
  recordOf: (store: AtOnce, seen: Map<string, string>) => AtOnce['read'],
  caught: readonly string[],
): Broken {
  const change = (store: AtOnce): Partial<Store> => {
    const seen = new Map<string, string>();
    const read = recordOf(store, seen);
    return {
      create: (key, record, now) => {
        const done = store.create(key, record, now);
        if (done) seen.set(key.id, JSON.stringify({ ...record, usedAt: record.createdAt, version: 1 }));
        return done;
      },
      endAll: (owner, now, exceptId) => {
        const key: RecordKey = { ...owner, id: exceptId ?? '' };
        const spared = exceptId === undefined ? undefined : read(key, now);
        const epoch = store.endAll(owner, now);
        if (spared) store.create(key, { ...spared, epoch, expiresAt: Math.max(spared.expiresAt, now + 1) }, now);
        return epoch;
      },
    };
  };
  return broken(what, change, caught);
}

export const brokenEnds: readonly Broken[] = [
  ...(['read', 'swap', 'touch', 'delete', 'list'] as const).map((verb) =>
    broken(`an endAll that ${verb} knows nothing of`, withCopy(verb, 'endAll'), [
      `not found: an ended record, by ${verb}; and nothing has changed`,
    ]),
  ),
  broken('an endAll that epoch knows nothing of', withCopy('epoch', 'endAll'), [
    'endAll: raises the epoch of that subject and kind by one, and says to which',
  ]),
  broken(
    'an epoch that begins with 1',
    (store) => ({
      epoch: (owner) => store.epoch(owner) + 1,
      endAll: (owner, now, exceptId) => store.endAll(owner, now, exceptId) + 1,
    }),
    ['epoch: 0 for a subject that never ended anything, asked for it fresh or not, with records or without'],
  ),
  broken(
    'an endAll that raises by two',
    (store) => ({
      endAll: (owner, now, exceptId) => {
        store.endAll(owner, now, exceptId);
        return store.endAll(owner, now, exceptId);
      },
    }),
    [
      'endAll: raises the epoch of that subject and kind by one, and says to which',
      'endAll: what is created after it lives in the new epoch, until the next',
      ...bothOf('endAll: each of many raises the epoch by one'),
    ],
  ),
  broken(
    'an endAll that says the epoch from before',
    (store) => ({ endAll: (owner, now, exceptId) => store.endAll(owner, now, exceptId) - 1 }),
    ['endAll: raises the epoch of that subject and kind by one, and says to which'],
  ),
  broken(
    'an endAll that raises nothing for a subject without records',
    (store) => ({
      endAll: (owner, now, exceptId) =>
        store.list(owner, { limit: 1 }, now).records.length ? store.endAll(owner, now, exceptId) : store.epoch(owner),
    }),
    [
      'endAll: raises the epoch of that subject and kind by one, and says to which',
      'endAll: what is created after it lives in the new epoch, until the next',
    ],
  ),
  broken(
    'an endAll that deletes, and raises the epoch for show',
    (store) => {
      const epochs = new Map<string, number>();
      const nameOf = ({ kind, subject }: { readonly kind: string; readonly subject: string }) => `${kind} ${subject}`;
      return {
        epoch: (owner) => epochs.get(nameOf(owner)) ?? 0,
        endAll: (owner, now, exceptId) => {
          for (const { id } of store.list(owner, { limit: 1000 }, now).records) {
            if (id !== exceptId) store.delete({ ...owner, id }, now);
          }
          const epoch = (epochs.get(nameOf(owner)) ?? 0) + 1;
          epochs.set(nameOf(owner), epoch);
          return epoch;
        },
      };
    },
    [LIFTED, 'not found: a record of an epoch that was over when it came, by read; and nothing has changed'],
  ),
  broken(
    'an endAll of the whole partition',
    (store) => ({
      endAll: (owner, now, exceptId) => {
        for (const subject of ['ada', 'adam', 'eve']) {
          if (subject !== owner.subject) store.endAll({ ...owner, subject }, now);
        }
        return store.endAll(owner, now, exceptId);
      },
    }),
    [
      'endAll: ends every earlier record of that subject and kind, for every clock, and no other',
      ofOthers('session of eve'),
    ],
  ),
  broken('no exceptId', (store) => ({ endAll: (owner, now) => store.endAll(owner, now) }), [
    LIFTED,
    'expiry: in its last second a record is alive to exceptId',
    'swap: what has moved ends with its subject, or is spared, by its new id',
  ]),
  sparing('an exceptId that is created anew', (store) => (key, now) => store.read(key, now), [LIFTED]),
  sparing(
    'an exceptId that brings back',
    (_store, seen) =>
      ({ id }) =>
        JSON.parse(seen.get(id) ?? 'null') ?? undefined,
    ['an expired record', 'a deleted record', 'a record that ended before', 'a record that moved'].map(spares),
  ),
  broken(
    'an exceptId that creates',
    (store) => ({
      endAll: (owner, now, exceptId) => {
        const epoch = store.endAll(owner, now, exceptId);
        if (exceptId !== undefined) {
          const times = { createdAt: now, expiresAt: now + 100, endsAt: now + 100 };
          store.create({ ...owner, id: exceptId }, { subject: owner.subject, epoch, ...times, data: '' }, now);
        }
        return epoch;
      },
    }),
    [spares('nothing'), spares('a deleted record')],
  ),
  broken(
    'an exceptId that spares all while there is nothing to spare',
    (store) => ({
      endAll: (owner, now, exceptId) =>
        exceptId !== undefined && !store.read({ ...owner, id: exceptId }, now)
          ? store.epoch(owner)
          : store.endAll(owner, now, exceptId),
    }),
    [spares('nothing'), ofOthers('key of ada')],
  ),
];
