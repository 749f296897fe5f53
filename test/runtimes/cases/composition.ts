import type { Accepted, Authenticator } from '../../../src/index.ts';
import { byWord } from '../by-word.ts';
import { equal, refuses } from '../expect.ts';
import type { Case, Library } from '../library.ts';
import { basicValue, type HeaderList, request } from '../requests.ts';

/** Two explicit parts, Basic too, and two ambient ones. */
function parts(library: Library, asked: string[] = []) {
  return {
    key: byWord(library, 'key', 'header', asked),
    robot: byWord(library, 'robot', 'header', asked),
    sid: byWord(library, 'sid', 'cookie', asked),
    old: byWord(library, 'old', 'cookie', asked),
    staff: library.basic.basic({ realm: 'Staff', users: [{ username: 'ada', plaintextPassword: 'x' }] }),
  };
}

/** Who was accepted, or the status. */
async function answer({ core }: Library, authenticator: Authenticator<Accepted>, headers: HeaderList): Promise<string> {
  const handler = core.protect(authenticator, (_request, { scheme }) => new Response(scheme));
  const response = await handler(request(headers));
  return (await response.text()) || `${response.status}`;
}

const ada = basicValue('ada', 'x');

/** Asked of `any(sid, any(key, old), staff, robot)`: ambient and explicit mixed, one level deep. */
const precedence: readonly (readonly [what: string, headers: HeaderList, answer: string, asked: string[]])[] = [
  ['nothing', {}, '401', []],
  ['an explicit credential', { 'x-robot': 'good' }, 'robot', ['robot']],
  ['an explicit one that is verified later', { 'x-robot': 'later' }, 'robot', ['robot']],
  ['an ambient one', { cookie: 'sid=good' }, 'sid', ['sid']],
  ['explicit before ambient', { cookie: 'sid=good', 'x-robot': 'good' }, 'robot', ['robot']],
  ['Basic before ambient', { cookie: 'sid=good', authorization: ada }, 'basic', []],
  ['a refused explicit one is final', { cookie: 'sid=good', 'x-key': 'bad' }, '401', ['key']],
  ['a refused Basic is final', { cookie: 'sid=good', authorization: basicValue('ada', 'y') }, '401', []],
  ['too little in an explicit one is final', { cookie: 'sid=good', 'x-key': 'weak' }, '403', ['key']],
  ['the search goes on after a refused ambient one', { cookie: 'sid=bad; old=good' }, 'old', ['sid', 'old']],
  ['the search goes on after too little in one', { cookie: 'sid=weak; old=good' }, 'old', ['sid', 'old']],
  ['too little outranks refused', { cookie: 'sid=bad; old=weak' }, '403', ['sid', 'old']],
  ['two refused ambient ones', { cookie: 'sid=bad; old=bad' }, '401', ['sid', 'old']],
  ['two explicit ones, and nobody is asked', { 'x-key': 'good', 'x-robot': 'good' }, '400', []],
  ['Basic and another explicit one', { authorization: ada, 'x-robot': 'good' }, '400', []],
  ['an unknown scheme counts as nothing', { authorization: 'Bearer x', cookie: 'sid=good' }, 'sid', ['sid']],
  ['an explicit one whose store is down', { cookie: 'sid=good', 'x-key': 'down' }, '503', ['key']],
  ['an ambient one whose store is down later', { cookie: 'sid=down-later; old=good' }, '503', ['sid']],
];

/** Asked of `optional(any(key, sid))`. */
const lenient: readonly (readonly [what: string, headers: HeaderList, answer: string])[] = [
  ['nothing is anonymous', {}, 'anonymous'],
  ['a refused cookie is anonymous', { cookie: 'sid=bad' }, 'anonymous'],
  ['a good cookie is somebody', { cookie: 'sid=good' }, 'sid'],
  ['a refused explicit credential stays refused', { 'x-key': 'bad', cookie: 'sid=good' }, '401'],
  ['too little stays too little', { cookie: 'sid=weak' }, '403'],
  ['an outage stays an outage', { cookie: 'sid=down' }, '503'],
];

/** Asked of `all(key, sid)`. */
const together: readonly (readonly [what: string, headers: HeaderList, answer: string])[] = [
  ['both', { 'x-key': 'good', cookie: 'sid=later' }, 'key+sid'],
  ['none', {}, '401'],
  ['one of two', { 'x-key': 'good' }, '401'],
  ['one of two is bad', { 'x-key': 'good', cookie: 'sid=bad' }, '401'],
  ['one of two is too little', { 'x-key': 'weak', cookie: 'sid=good' }, '403'],
  ['bad outranks too little', { 'x-key': 'weak', cookie: 'sid=bad' }, '401'],
];

export const compositionCases: readonly Case[] = [
  ...precedence.map(
    ([what, headers, expected, order]): Case => [
      `any: ${what}`,
      async (library) => {
        const asked: string[] = [];
        const { key, robot, sid, old, staff } = parts(library, asked);
        const { any } = library.core;
        equal(await answer(library, any(sid, any(key, old), staff, robot), headers), expected);
        equal(asked, order, 'asked');
      },
    ],
  ),

  ...lenient.map(
    ([what, headers, expected]): Case => [
      `optional: ${what}`,
      async (library) => {
        const { key, sid } = parts(library);
        const { any, optional } = library.core;
        equal(await answer(library, optional(any(key, sid)), headers), expected);
      },
    ],
  ),

  ...together.map(
    ([what, headers, expected]): Case => [
      `all: ${what}`,
      async (library) => {
        const { key, sid } = parts(library);
        equal(await answer(library, library.core.all(key, sid), headers), expected);
      },
    ],
  ),

  [
    'any: the refusing scheme asks first, the others after it',
    async (library) => {
      const { key, robot, staff } = parts(library);
      const handler = library.core.protect(library.core.any(key, staff, robot), () => new Response());
      const challengeOf = async (headers: HeaderList): Promise<string | null> =>
        (await handler(request(headers))).headers.get('www-authenticate');
      const basic = 'Basic realm="Staff", charset="UTF-8"';
      equal(await challengeOf({}), `key realm="test", ${basic}, robot realm="test"`);
      equal(await challengeOf({ 'x-robot': 'bad' }), `robot realm="test", error="invalid", key realm="test", ${basic}`);
      equal(await challengeOf({ 'x-robot': 'weak' }), 'robot realm="test", error="insufficient_scope"');
    },
  ],

  [
    'all: principals are a tuple, names are joined, ambient only if every part is',
    async (library) => {
      const { key, sid, old } = parts(library);
      const { all, createContext } = library.core;
      const headers = { 'x-key': 'good', cookie: 'sid=renew; old=good' };
      const mixed = await all(sid, key).authenticate(request(headers), createContext());
      if (mixed.kind !== 'accepted') throw new Error(mixed.kind);
      equal(
        [mixed.scheme, mixed.principal, mixed.ambient, mixed.subject],
        ['sid+key', ['by sid', 'by key'], false, 'sid-1'],
      );
      equal(mixed.effects?.length, 1, 'effects');
      const ambient = await all(sid, old).authenticate(request(headers), createContext());
      equal(ambient.kind === 'accepted' && ambient.ambient, true, 'ambient');
    },
  ],

  [
    'map: the principal is another, at once or later, in whatever part accepted',
    async (library) => {
      const { key, sid } = parts(library);
      const { any, map, protect } = library.core;
      for (const wrap of [(text: string) => text, (text: string) => Promise.resolve(text)]) {
        const mapped = map(any(key, sid), ({ scheme, principal }) => wrap(`${scheme}: ${principal}`));
        const handler = protect(mapped, (_request, { principal }) => new Response(principal));
        equal(await (await handler(request({ 'x-key': 'good', cookie: 'sid=good' }))).text(), 'key: by key');
        equal(await (await handler(request({ cookie: 'sid=later' }))).text(), 'sid: by sid');
      }
    },
  ],

  [
    'require: only true lets in, at once or later',
    async (library) => {
      const { key } = parts(library);
      const { require: only } = library.core;
      const verdicts: readonly (readonly [verdict: unknown, expected: string])[] = [
        [true, 'key'],
        [false, '403'],
        [undefined, '403'],
        ['yes', '403'],
        [Promise.resolve(true), 'key'],
        [Promise.resolve(1), '403'],
      ];
      for (const [verdict, expected] of verdicts) {
        equal(
          await answer(
            library,
            only(key, () => verdict as boolean),
            { 'x-key': 'good' },
          ),
          expected,
        );
      }
      const stepUp = only(key, () => false, { acr: ['high'] });
      equal(await answer(library, stepUp, { 'x-key': 'good' }), '401');
    },
  ],

  [
    'require: a handler may ask for more itself',
    async (library) => {
      const { key } = parts(library);
      const { insufficient, protect } = library.core;
      const statusOf = async (needed: { maxAge?: number }): Promise<number> =>
        (await protect(key, () => insufficient(needed))(request({ 'x-key': 'good' }))).status;
      equal([await statusOf({}), await statusOf({ maxAge: 300 })], [403, 401]);
    },
  ],

  [
    'any: credentials in the query are explicit',
    async (library) => {
      const { sid } = parts(library);
      const { ABSENT, accept, any } = library.core;
      const hasKey = ({ url }: { url: string }): boolean => /[?&]key=/.test(url);
      const link: Authenticator<Accepted<'link', string>> = {
        schemes: ['link'],
        carriers: [{ isIn: hasKey }],
        authenticate: (asked) => (hasKey(asked) ? accept('link', 'by link') : ABSENT),
        challenge: () => [],
      };
      const handler = library.core.protect(any(sid, link), (_request, { scheme }) => new Response(scheme));
      const ask = async (url: string): Promise<string> =>
        (await handler(request({ cookie: 'sid=good' }, 'GET', url))).text();
      equal([await ask('https://app.example/?key=1'), await ask('https://app.example/')], ['link', 'sid']);
    },
  ],

  [
    'any: an all that takes a cookie too is asked by it, and the search goes on',
    async (library) => {
      const { key, sid, old } = parts(library);
      const { all, any, protect } = library.core;
      const either = any(all(key, sid), old);
      const handler = protect(either, (_request, { scheme }) => new Response(scheme));
      const { headers, body } = await handler(request({ cookie: 'sid=bad; old=good' }));
      equal([headers.getSetCookie(), body !== null], [['sid=; Path=/'], true]);
      equal(await answer(library, either, { cookie: 'sid=good; old=good' }), 'old');
      equal(await answer(library, either, { cookie: 'sid=good' }), '401');
      equal(await answer(library, either, { 'x-key': 'good', cookie: 'old=good' }), '401');
      equal(await answer(library, either, { 'x-key': 'good', cookie: 'sid=good; old=bad' }), 'key+sid');
    },
  ],

  [
    'composition: what contradicts itself is a TypeError',
    (library) => {
      const { key, sid, staff } = parts(library);
      const { all, any, protect } = library.core;
      // What the compiler would stop, plain JavaScript may still do.
      const loose = any as (...given: unknown[]) => unknown;
      refuses(() => loose(), 'authenticator');
      refuses(() => loose(library.basic.basic), 'authenticator');
      refuses(() => loose(key, byWord(library, 'key', 'header')), 'key');
      refuses(() => all(staff, { ...staff, schemes: ['other'] }), 'authorization');
      refuses(() => protect(sid, () => new Response(), { trustedOrigins: ['https://app.example/'] }), 'trustedOrigins');
      refuses(() => protect(sid, () => new Response(), { onEvnt: () => {} } as object), 'onEvnt');
    },
  ],
];
