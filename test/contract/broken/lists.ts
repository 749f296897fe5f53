import type { Page, Store } from '../../../src/stores/contract.ts';
import { type AtOnce, type Broken, broken, DEAD, withCopy } from './broken.ts';

type Listed = Page['records'];

/** A store that lists otherwise: what it makes of all that there is. */
function listing(
  what: string,
  list: (all: Listed, page: { readonly after?: string | undefined; readonly limit: number }) => Page,
  caught: readonly string[],
): Broken {
  const change = (store: AtOnce): Partial<Store> => ({
    list: (owner, page, now) => list(store.list(owner, { limit: 100_000 }, now).records, page),
  });
  return broken(
    what,
    change,
    caught.map((each) => `list: ${each}`),
  );
}

/** Pages by what comes after the cursor in any order. */
function pageBy(
  all: Listed,
  cursorOf: (record: Listed[number]) => string,
  after: string | undefined,
  limit: number,
): Page {
  const rest = after === undefined ? all : all.filter((record) => cursorOf(record) > after);
  const [records, last] = [rest.slice(0, limit), rest[limit - 1]];
  return { records, next: last && rest.length > limit ? cursorOf(last) : undefined };
}

const ageOf = ({ createdAt }: Listed[number]): string => String(1e12 - createdAt);

export const brokenLists: readonly Broken[] = [
  listing(
    'a list by id',
    (all, { after, limit }) => {
      const sorted = [...all].sort((one, other) => (one.id < other.id ? -1 : 1));
      return pageBy(sorted, ({ id }) => id, after, limit);
    },
    [
      'the newest first, each with all that read shows, and its id',
      'pages of any limit are full but for the last, and make the whole list',
      'hundreds are complete',
    ],
  ),
  listing(
    'a list by last use',
    (all, { after, limit }) => {
      const cursorOf = ({ usedAt, id }: Listed[number]) => `${1e12 - usedAt} ${id}`;
      const sorted = [...all].sort((one, other) => (cursorOf(one) < cursorOf(other) ? -1 : 1));
      return pageBy(sorted, cursorOf, after, limit);
    },
    ['a record that is used, changed or moved while it is walked is shown once'],
  ),
  listing('pages by second', (all, { after, limit }) => pageBy(all, ageOf, after, limit), [
    'records of one second are each in it once, whatever the limit',
  ]),
  listing(
    'pages by count',
    (all, { after = '0', limit }) => {
      const end = Number(after) + limit;
      return { records: all.slice(Number(after), end), next: all.length > end ? String(end) : undefined };
    },
    [
      'what is there all the time is shown once, while others come and go',
      'goes on after a page whose records have all ended',
    ],
  ),
  listing(
    'pages by the record before',
    (all, { after, limit }) => {
      const start = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1 || all.length;
      return {
        records: all.slice(start, start + limit),
        next: all.length > start + limit ? all[start + limit - 1]?.id : undefined,
      };
    },
    [
      'goes on after a page whose records have all ended',
      'what is there all the time is shown once, while others come and go',
    ],
  ),
  listing('a list without pages', (all) => ({ records: all }), [
    'pages of any limit are full but for the last, and make the whole list',
  ]),
  listing('a first page alone', (all, { limit }) => ({ records: all.slice(0, limit) }), [
    'pages of any limit are full but for the last, and make the whole list',
    'next is absent on the last page, full or not',
    'hundreds are complete',
    'of that subject and kind alone, page by page',
  ]),
  listing(
    'a next page after the last',
    (all, { after, limit }) => {
      const { records, next } = pageBy(all, (record) => `${ageOf(record)} ${record.id}`, after, limit);
      return {
        records,
        next: next ?? (records.length === limit ? `${ageOf(records[limit - 1] as Listed[number])} ~` : undefined),
      };
    },
    ['next is absent on the last page, full or not'],
  ),
  listing(
    'a next page of nothing',
    (all, { after, limit }) => ({
      ...pageBy(all, (record) => `${ageOf(record)} ${record.id}`, after, limit),
      ...(all.length ? {} : { next: '~' }),
    }),
    ['of a subject that has no records is empty, and has no next page'],
  ),
  listing(
    'cursors of its own alone',
    (all, { after, limit }) => {
      if (after !== undefined && !/^\d{12} /.test(after)) throw new RangeError('cursor');
      return pageBy(all, (record) => `${ageOf(record)} ${record.id}`, after, limit);
    },
    ['a cursor that nobody gave is no failure, and shows nothing of others'],
  ),
  listing(
    'a list of one page of a hundred',
    (all, { after, limit }) => pageBy(all.slice(0, 100), (record) => `${ageOf(record)} ${record.id}`, after, limit),
    ['hundreds are complete'],
  ),
  broken('a list from a copy that hears of no end', withCopy('list', 'endAll'), [
    'not found: an ended record, by list; and nothing has changed',
    'list: the living alone: nothing that expired, ended, was deleted, moved, or came too late',
    'endAll: ends every earlier record of that subject and kind, for every clock, and no other',
  ]),
  broken('a list from a copy that hears of no deletion', withCopy('list', 'delete'), [
    'not found: a deleted record, by list; and nothing has changed',
  ]),
  broken('a list from a copy that hears of no change', withCopy('list', 'swap'), [
    'swap: a newId moves the record: its list shows the new one alone',
    'list: what it shows is what was written last',
    ...DEAD.map((what) => `swap: a newId that ${what} had is free, and the move leaves nothing of that one`),
  ]),
  broken('a list from a copy that hears of no use', withCopy('list', 'touch'), [
    'list: what it shows is what was written last',
  ]),
  broken('a list by a clock behind', (store) => ({ list: (owner, page, now) => store.list(owner, page, now - 1) }), [
    'not found: an expired record, by list; and nothing has changed',
  ]),
];
