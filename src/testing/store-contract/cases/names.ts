import { equal, ok } from '../expect.ts';
import { ADA, add, type Behaviour, changeOf, holds, idsOf, keyOf, recordOf, storedOf } from '../fixture.ts';

/**
 * Ids and subjects as no library makes them and an application may. Whole characters only: half of one is not text that a
 * database could keep.
 */
const NAMES: readonly string[] = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  ' ',
  '0',
  'null',
  'undefined',
  'false',
  '\0',
  'a\0b',
  '\t\r\n',
  "'; DROP TABLE records; --",
  '"`\\',
  '%',
  '%41%00',
  '*?[a-z]',
  '{a}',
  '../..',
  '<b>&amp;</b>',
  '$1$&',
  '\u0430d\u0430',
  'e\u0301',
  '\ufeff\u202e',
  '\u{1f511}\u{1f468}\u200d\u{1f469}',
  // As long as an OpenID Connect subject may be.
  'long'.repeat(64).slice(1),
];

/** Names that a store which folds, trims, cuts, decodes or matches would take for one. */
const ALIKE: readonly (readonly [one: string, other: string])[] = [
  ['Ada', 'ada'],
  ['ada ', 'ada'],
  [' ada', 'ada'],
  ['', ' '],
  ['', '\0'],
  ['ada\0', 'ada'],
  ['ada\0x', 'ada\0y'],
  ['\u00e9', 'e\u0301'],
  ['\u00e9', 'e'],
  ['\u00df', 'ss'],
  ['\ufb01', 'fi'],
  ['\u{1f511}', '\u{1f512}'],
  ['%61', 'a'],
  ['a', '%'],
  ['a', '_'],
  ['a', '*'],
  ['a+b', 'a b'],
  ['1', '01'],
  ['1', '1.0'],
  ['1e3', '1000'],
  ['null', ''],
  ['undefined', ''],
  [`${'x'.repeat(254)}a`, `${'x'.repeat(254)}b`],
];

/** What a store may join names by. */
export const SEPARATORS: readonly string[] = [
  ':',
  '/',
  '|',
  '.',
  ',',
  '-',
  '_',
  ' ',
  '#',
  '\t',
  '\n',
  '\0',
  '\x1f',
  '}:{',
  '","',
];

const DATA: readonly (readonly [what: string, data: string])[] = [
  ['nothing', ''],
  ['blanks around', ' \n{} \t'],
  ['JSON with blanks, a doubled name, and the order of members', '{ "b":1, "a":2.0, "a":1e2, "1":[ ] }'],
  ['JSON of hostile names', '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}'],
  ['no JSON', 'undefined'],
  ['a number beyond what a double holds', '12345678901234567890.0'],
  ['half a character, as JSON writes it', JSON.stringify({ name: '\ud800', other: '\udc00x' })],
  ['NUL, as JSON writes it', JSON.stringify('a\0b')],
  ['text beyond ASCII', '"\u00e4\u4e2d\u{1f511}e\u0301\ufeff\u2028"'],
  ['quotes and backslashes', '\'"`\\\\\'\'""\\n$1$&%s?:a'],
  ['a hundred thousand letters', `"${'0123456789'.repeat(10_000)}"`],
];

export const show = (name: string): string => (name.length > 60 ? `${name.length} characters` : JSON.stringify(name));

/** A whole life, with that name for id and subject. */
function lifeOf(name: string): Behaviour {
  return [
    `names: ${show(name)} is a name like any other`,
    async (store, now) => {
      const owner = { ...ADA, subject: name };
      const key = keyOf(owner, name);
      await holds(store, key, now, undefined);
      equal([await store.epoch(owner), await idsOf(store, owner, now)], [0, []], 'unknown, it has');
      await add(store, owner, name, now, { data: name });
      await holds(store, key, now, storedOf(recordOf(owner, now, { data: name })));
      equal(await store.create(key, recordOf(owner, now), now), false, 'a second create');
      equal(await store.touch(key, { at: now + 1, ifBefore: now, expiresAt: now + 200 }), true, 'touch');
      equal(await store.swap(key, 1, changeOf(now), now, 'x'), true, 'swap from it');
      equal(await store.swap(keyOf(owner, 'x'), 2, changeOf(now, { data: name }), now, name), true, 'swap to it');
      await holds(store, keyOf(owner, 'x'), now, undefined);
      await add(store, owner, 'other', now - 1);
      equal(await store.endAll(owner, now, name), 1, 'endAll');
      equal([await store.epoch(owner), await idsOf(store, owner, now)], [1, [name]], 'at last it has');
      const last = { ...changeOf(now), version: 3, epoch: 1, data: name };
      await holds(store, key, now, { ...storedOf(recordOf(owner, now)), ...last });
      equal([await store.delete(key, now), await idsOf(store, owner, now)], [true, []], 'delete and list say');
    },
  ];
}

export const namesCases: readonly Behaviour[] = [
  ...NAMES.map(lifeOf),

  ...ALIKE.map(
    ([one, other]): Behaviour => [
      `names: ${show(one)} is not ${show(other)}${one.length > 60 ? ' that end otherwise' : ''}`,
      async (store, now) => {
        const owners = [one, other].map((subject) => ({ ...ADA, subject }));
        for (const owner of owners) {
          const { subject } = owner;
          await holds(store, keyOf(owner, subject), now, undefined);
          await add(store, owner, subject, now, { data: subject });
          equal(await idsOf(store, owner, now), [subject], 'the list is');
        }
        for (const owner of owners) {
          await holds(store, keyOf(owner, owner.subject), now, storedOf(recordOf(owner, now, { data: owner.subject })));
          equal(await store.endAll(owner, now), 1, 'endAll');
        }
      },
    ],
  ),

  ...SEPARATORS.map(
    (mark): Behaviour => [
      `names: joined by ${show(mark)}, two of them are not one`,
      async (store, now) => {
        const one = { kind: 'k', partition: `p${mark}q`, subject: `r${mark}s` };
        const others = [
          { kind: `k${mark}p`, partition: 'q', subject: `r${mark}s` },
          { kind: 'k', partition: 'p', subject: `q${mark}r${mark}s` },
          { kind: `k${mark}p${mark}q`, partition: 'r', subject: 's' },
        ];
        await add(store, one, one.subject, now);
        equal(await store.endAll(one, now, one.subject), 1, 'endAll');
        for (const other of others) {
          await holds(store, keyOf(other, other.subject), now, undefined);
          equal([await store.epoch(other), await idsOf(store, other, now)], [0, []], 'the other has');
        }
      },
    ],
  ),

  [
    'names: an id may be its subject, its kind or its partition',
    async (store, now) => {
      const owner = { kind: 'same', partition: 'same', subject: 'same' };
      const key = await add(store, owner, 'same', now);
      equal(await store.endAll(owner, now, 'same'), 1, 'endAll');
      await holds(store, key, now, storedOf(recordOf(owner, now, { epoch: 1 })));
      equal(await store.delete(key, now), true, 'delete');
      equal([await store.epoch(owner), await idsOf(store, owner, now)], [1, []], 'it has');
    },
  ],

  ...['__proto__', 'constructor', 'toString'].map(
    (name): Behaviour => [
      `names: ${name} is a kind and a partition, and nothing of the language changes`,
      async (store, now) => {
        const before = new Set(Object.getOwnPropertyNames(Object.prototype));
        const owner = { kind: name, partition: name, subject: name };
        await holds(store, keyOf(owner, name), now, undefined);
        equal([await store.epoch(owner), await idsOf(store, owner, now)], [0, []], 'unknown, it has');
        const key = await add(store, owner, name, now);
        await add(store, owner, 'planted', now);
        equal(await store.endAll(owner, now, name), 1, 'endAll');
        await holds(store, key, now, storedOf(recordOf(owner, now, { epoch: 1 })));
        await holds(store, { ...key, kind: 'session' }, now, undefined);
        equal(await store.delete(key, now), true, 'delete');
        const planted = Object.getOwnPropertyNames(Object.prototype).filter((member) => !before.has(member));
        // Else every case after this one would be misled.
        for (const member of planted) Reflect.deleteProperty(Object.prototype, member);
        equal(planted, [], 'every object has got');
      },
    ],
  ),

  ...DATA.map(
    ([what, data]): Behaviour => [
      `data: ${what} comes back as it was`,
      async (store, now) => {
        const key = await add(store, ADA, '1', now, { data });
        ok((await store.read(key, now))?.data === data, 'created, it is not what it was');
        equal(await store.swap(key, 1, changeOf(now, { data: 'between' }), now), true, 'swap');
        equal(await store.swap(key, 2, changeOf(now, { data }), now), true, 'swap');
        equal(await store.touch(key, { at: now + 1, ifBefore: now, expiresAt: now + 200 }), true, 'touch');
        ok((await store.read(key, now))?.data === data, 'swapped, it is not what it was');
        const { records } = await store.list(ADA, { limit: 1 }, now);
        ok(records[0]?.data === data, 'listed, it is not what it was');
      },
    ],
  ),
];
