import type { AuthEvent } from '../../../src/index.ts';
import { byWord } from '../by-word.ts';
import { equal, ok } from '../expect.ts';
import type { Case } from '../library.ts';
import { basicValue, type HeaderList, request } from '../requests.ts';
import { strayRejections } from '../stray-rejections.ts';

const at = 1_800_000_000;
type Row = readonly [what: string, method: string, headers: HeaderList, event: object];

/** Asked of `any(key, sid)`. */
const table: readonly Row[] = [
  ['accepted', 'GET', { 'x-key': 'good' }, { type: 'accepted', at, scheme: 'key', subject: 'key-1' }],
  ['absent', 'GET', {}, { type: 'absent', at, status: 401, reason: 'absent' }],
  ['rejected', 'GET', { cookie: 'sid=bad' }, { type: 'rejected', at, scheme: 'sid', status: 401, reason: 'expired' }],
  [
    'insufficient',
    'GET',
    { 'x-key': 'weak' },
    { type: 'insufficient', at, scheme: 'key', status: 403, reason: 'insufficient' },
  ],
  [
    'cross_site',
    'POST',
    { cookie: 'sid=good', 'sec-fetch-site': 'cross-site' },
    { type: 'cross_site', at, scheme: 'sid', subject: 'sid-1', status: 403, reason: 'cross_site' },
  ],
  ['outage', 'GET', { 'x-key': 'down-later' }, { type: 'outage', at, status: 503, reason: 'outage' }],
];

const full = (): never => {
  throw new Error('the log is full');
};

/** Ways a logger may break. */
const broken: readonly (readonly [what: string, listener: () => unknown])[] = [
  ['throws', full],
  ['rejects', () => Promise.reject(new Error('the log is full'))],
  ['rejects later', () => new Promise((resolve) => setTimeout(resolve, 1)).then(full)],
  // biome-ignore lint/suspicious/noThenProperty: that is what is tested.
  ['returns a thenable that rejects', () => ({ then: (_: unknown, fail: (error: unknown) => void) => fail('full') })],
  // biome-ignore lint/suspicious/noThenProperty: that is what is tested.
  ['returns a thenable that throws', () => ({ then: full })],
];

export const eventsCases: readonly Case[] = [
  ...table.map(
    ([what, method, headers, expected]): Case => [
      `event: ${what}`,
      async (library) => {
        const heard: AuthEvent[] = [];
        const { any, protect } = library.core;
        const either = any(byWord(library, 'key', 'header'), byWord(library, 'sid', 'cookie'));
        const handler = protect(either, () => new Response('done'), {
          onEvent: (event) => heard.push(event),
          context: () => ({ now: at }),
        });
        await handler(request(headers, method));
        equal(heard.length, 1, 'events:');
        const told = Object.entries(heard[0] ?? {}).filter(([, value]) => value !== undefined);
        equal(told.sort(), Object.entries(expected).sort());
      },
    ],
  ),

  ...broken.map(
    ([what, listener]): Case => [
      `event: a listener that ${what} harms nothing`,
      async (library, platform) => {
        const key = byWord(library, 'key', 'header');
        const options = { onEvent: listener, onError: listener, refuse: listener as () => never };
        const handler = library.core.protect(key, () => new Response('done'), options);
        equal((await handler(request({ 'x-key': 'good' }))).status, 200);
        const loud = library.core.protect(key, () => new Response('done'), { onEvent: listener, onError: listener });
        equal((await loud(request())).status, 401);
        equal((await loud(request({ 'x-key': 'down' }))).status, 503);
        equal((await handler(request())).status, 401);
        equal(await strayRejections(platform), []);
      },
    ],
  ),

  [
    'event: nothing that a client sent is in one, but the user name that was right',
    async ({ core, basic }) => {
      const heard: AuthEvent[] = [];
      const staff = basic.basic({ realm: 'Staff', users: [{ username: 'ada', plaintextPassword: 'hunter2' }] });
      const handler = core.protect(staff, () => new Response('done'), { onEvent: (event) => heard.push(event) });
      const secrets = ['hunter2', 'hunter3', 'mallory', 'tok-123', 'p4th'];
      for (const authorization of [
        basicValue('ada', 'hunter2'),
        basicValue('mallory', 'hunter3'),
        `Bearer ${secrets[3]}`,
        `${secrets[3]}`,
        `Basic ${secrets[3]}`,
      ]) {
        await handler(request({ authorization }, 'GET', `https://app.example/${secrets[4]}`));
      }
      const text = JSON.stringify(heard);
      equal(heard.length, 5, 'events:');
      ok(text.includes('"ada"'), 'the subject is missing');
      equal(
        secrets.filter((secret) => text.includes(secret)),
        [],
        'found',
      );
    },
  ],
];
