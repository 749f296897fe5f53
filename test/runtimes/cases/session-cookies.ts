import { equal, ok } from '../expect.ts';
import type { Case } from '../library.ts';
import { request } from '../requests.ts';
import {
  acceptedBy,
  ask,
  at,
  both,
  type Cookies,
  cookieHeader,
  frozen,
  HOUR,
  type Kind,
  NAME,
  NOW,
  sessionsOf,
  signIn,
  take,
} from '../session-app.ts';

/**
 * Made by this library on Node 20, for ada and her data, with the clock and the dice of {@link frozen}. Who is signed in must
 * stay so after a move to another runtime, and with the next version.
 */
const MADE_ON_NODE: Readonly<Record<Kind, { readonly id: string; readonly cookie: string }>> = {
  'stored session': {
    id: 'PUo1wR63A4Hr5oAIAo1SsK6XNd78h4qx2C-nSsjFi5s',
    cookie: '_e5DDUC9V97qGGGq8zyFzhdgqfI7hM0WX6jxOoPMFV6n0trov40KmIxKGWiOphxWe7FB17p4axHGTHehTKJOdruPBVHtEc',
  },
  'sealed session': {
    id: 'Eluk7TZ_yBFao-w1fscQWaLr',
    cookie:
      '1DFWe5zB5wgtUneYvEH-SbW5GBNxMZn76FDX_5pE1T_6hO81DS11cJTP3-a5b6wxsgmKGyZsq4M1PoEh7hlLzLw2C7URmBZCKgh9Ekz4Ee3Towo-LTfrNAnFQ7ha_nuA2l4Y2ymCTJ1_5uieAoVdc5ALclgBoDyxLgLKxUhrE',
  },
};
const DATA = 'zo\u00eb';

const CLEARED = '=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0';
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** More than two cookies hold, in characters of three bytes. */
const LARGE = '\u20ac'.repeat(2500);
const ROOM = { maxDataBytes: 10_000 };

export const sessionCookiesCases: readonly Case[] = [
  ...both('a cookie that Node made says here what it says there', async (library, kind) => {
    const sessions = sessionsOf(library, kind);
    // Puts a stored one into the store; a sealed one needs none of it.
    const issued = await sessions.issue(request(), { subject: 'ada', data: DATA }, frozen());
    const { id, cookie } = MADE_ON_NODE[kind];
    equal(issued.session.id, id);
    const { session } = await acceptedBy(sessions, new Map([[NAME, cookie]]), at(library, 100));
    const { subject, epoch, data, persistent, createdAt, usedAt, authTime, expiresAt, endsAt } = session;
    equal([session.id, subject, epoch, data, persistent ?? false], [id, 'ada', 0, DATA, false]);
    equal([createdAt, usedAt, authTime, expiresAt, endsAt], [NOW, NOW, NOW, NOW + HOUR, NOW + 8 * HOUR]);
  }),

  [
    'stored session: the cookie is the one that Node makes',
    async (library) => {
      const sessions = sessionsOf(library, 'stored session');
      const issued = await sessions.issue(request(), { subject: 'ada', data: DATA }, frozen());
      const line = `${NAME}=${MADE_ON_NODE['stored session'].cookie}; Path=/; Secure; HttpOnly; SameSite=Lax`;
      equal(issued.applyTo(new Response()).headers.getSetCookie(), [line]);
    },
  ],

  ...both('a cookie that Node made ends by the clock of the context', async (library, kind) => {
    const sessions = sessionsOf(library, kind);
    await sessions.issue(request(), { subject: 'ada', data: DATA }, frozen());
    const cookies = new Map([[NAME, MADE_ON_NODE[kind].cookie]]);
    const answer = async (seconds: number): Promise<string> =>
      (await ask(library, sessions, cookies, at(library, seconds)))[0];
    equal([await answer(0), await answer(100), await answer(8 * HOUR)], ['user ada', 'user ada', '401 expired']);
  }),

  ...both('a cookie that Node made is refused once one character of it is another', async (library, kind) => {
    const sessions = sessionsOf(library, kind);
    await sessions.issue(request(), { subject: 'ada', data: DATA }, frozen());
    const { cookie } = MADE_ON_NODE[kind];
    equal(await ask(library, sessions, new Map([[NAME, cookie]]), frozen()), ['user ada']);
    const tampered = Array.from(cookie, (character, index) => {
      const next = ALPHABET[(ALPHABET.indexOf(character) + 1) % 64];
      return cookie.slice(0, index) + next + cookie.slice(index + 1);
    });
    for (const more of ['A', 'AA', 'AAA', 'AAAA', '=', '.']) tampered.push(cookie + more, more + cookie);
    tampered.push(
      '',
      'A',
      '"',
      `"${cookie}"`,
      cookie.slice(1),
      cookie.slice(0, -1),
      cookie.slice(0, -4),
      cookie + cookie,
    );
    for (const other of tampered) {
      const [answer, ...setCookie] = await ask(library, sessions, new Map([[NAME, other]]), frozen());
      ok(answer === '401 malformed' || answer === '401 invalid', `${answer} for ${other}`);
      equal(setCookie, [NAME + CLEARED]);
    }
  }),

  ...both('a cookie beside one that was planted is found, and of two good ones neither', async (library, kind) => {
    const sessions = sessionsOf(library, kind);
    const [mine, other] = [await signIn(sessions, at(library, 0)), await signIn(sessions, at(library, 0))];
    const header = cookieHeader(mine);
    const statusFor = async (cookie: string): Promise<number> => {
      const handler = library.core.protect(sessions, () => new Response(), { context: () => at(library, 1) });
      return (await handler(request({ cookie }))).status;
    };
    for (const planted of ['x', '1x', 'A'.repeat(94), `${mine.get(NAME)}A`]) {
      equal(await statusFor(`${NAME}=${planted}; ${header}`), 200, planted);
      equal(await statusFor(`${header}; ${NAME}=${planted}`), 200, planted);
    }
    equal(await statusFor(`${header}; ${cookieHeader(other)}`), 401);
  }),

  [
    'sealed session: one that is large goes into several cookies, in any order',
    async (library) => {
      const sessions = sessionsOf(library, 'sealed session', ROOM);
      const cookies = await signIn(sessions, at(library, 0), LARGE);
      equal([...cookies.keys()].sort(), [NAME, `${NAME}.1`, `${NAME}.2`]);
      for (const [name, value] of cookies) ok(name.length + value.length <= 4096, `${name} is too large`);
      for (const order of [[...cookies], [...cookies].reverse()]) {
        const { session } = await acceptedBy(sessions, new Map(order), at(library, 1));
        ok(session.data === LARGE, 'its data is another');
      }
    },
  ],

  [
    'sealed session: of several cookies none may be missing, cut, or of another session',
    async (library) => {
      const sessions = sessionsOf(library, 'sealed session', ROOM);
      const cookies = await signIn(sessions, at(library, 0), LARGE);
      const others = await signIn(sessions, at(library, 0), LARGE);
      for (const name of cookies.keys()) {
        const value = cookies.get(name) as string;
        for (const tampered of [
          undefined,
          '',
          value.slice(0, -1),
          value.slice(0, -4),
          `${value}AAAA`,
          others.get(name),
        ]) {
          const changed = new Map(cookies);
          if (tampered === undefined) changed.delete(name);
          else changed.set(name, tampered);
          const [answer] = await ask(library, sessions, changed, at(library, 1));
          ok(/^401 (absent|malformed|invalid)$/.test(answer), `${answer} with ${name} of ${tampered?.length}`);
        }
      }
      equal((await ask(library, sessions, cookies, at(library, 1)))[0], 'user ada');
    },
  ],

  [
    'sealed session: what was several cookies may become one, and signing out clears all',
    async (library) => {
      const sessions = sessionsOf(library, 'sealed session', ROOM);
      const cookies = await signIn(sessions, at(library, 0), LARGE);
      const accepted = await acceptedBy(sessions, cookies, at(library, 1));
      const updated = await sessions.update(accepted, { data: 'small' }, at(library, 1));
      ok(updated, 'it was not changed');
      const smaller: Cookies = new Map(cookies);
      take(smaller, updated.applyTo(new Response()));
      equal((await acceptedBy(sessions, smaller, at(library, 2))).session.data, 'small');
      for (const each of [smaller, cookies]) {
        const ended = await sessions.signOut(request({ cookie: cookieHeader(each) }), {}, at(library, 3));
        take(each, ended.applyTo(new Response()));
        equal([...each.keys()], []);
      }
    },
  ],
];
