import type { Store } from '../../../src/schemes/session.ts';
import { equal, ok, refuses } from '../expect.ts';
import type { Case } from '../library.ts';
import { request } from '../requests.ts';
import {
  acceptedBy,
  ask,
  at,
  both,
  type Cookies,
  cookieHeader,
  HOUR,
  NAME,
  SECRET,
  sessionsOf,
  signIn,
  take,
} from '../session-app.ts';

const OLD_SECRET = 'nor is this one: what was used before';

/** A store that fails, by every verb. */
const broken = (fail: () => never | Promise<never>): Store =>
  ({
    ...Object.fromEntries(
      ['create', 'read', 'swap', 'touch', 'delete', 'list', 'endAll', 'epoch', 'advance'].map((verb) => [verb, fail]),
    ),
    capabilities: { atomic: true, consistent: true, counters: true },
  }) as unknown as Store;

export const sessionsCases: readonly Case[] = [
  ...both('sign in, rotate, sign out: what was before is dead after it', async (library, kind) => {
    const sessions = sessionsOf(library, kind);
    const answer = async (cookies: Cookies): Promise<string> =>
      (await ask(library, sessions, cookies, at(library, 30)))[0];
    equal(await answer(new Map()), '401 absent');
    const cookies = await signIn(sessions, at(library, 0), 'data');
    const first = new Map(cookies);
    equal([...cookies.keys(), await answer(cookies)], [NAME, 'user ada']);

    const rotated = await sessions.rotate(await acceptedBy(sessions, cookies, at(library, 10)), {}, at(library, 10));
    ok(rotated, 'it was not rotated');
    take(cookies, rotated.applyTo(new Response()));
    equal([await answer(first), await answer(cookies)], ['401 revoked', 'user ada']);
    equal((await acceptedBy(sessions, cookies, at(library, 11))).session.data, 'data');

    const second = new Map(cookies);
    const ended = await sessions.signOut(request({ cookie: cookieHeader(cookies) }), {}, at(library, 20));
    take(cookies, ended.applyTo(new Response()));
    equal([cookies.size, await answer(cookies)], [0, '401 absent']);
    equal([await answer(first), await answer(second)], ['401 revoked', '401 revoked']);
  }),

  ...both('whoever signs in again has one session, and the cookie from before is dead', async (library, kind) => {
    const sessions = sessionsOf(library, kind);
    const planted = await signIn(sessions, at(library, 0));
    const headers = { cookie: cookieHeader(planted) };
    const issued = await sessions.issue(request(headers), { subject: 'eve' }, at(library, 1));
    const cookies = new Map(planted);
    take(cookies, issued.applyTo(new Response()));
    equal((await ask(library, sessions, cookies, at(library, 2)))[0], 'user eve');
    equal((await ask(library, sessions, planted, at(library, 2)))[0], '401 revoked');
  }),

  ...both('all sessions of a subject end by one call, or all but this one', async (library, kind) => {
    const sessions = sessionsOf(library, kind);
    const browsers = [await signIn(sessions, at(library, 0)), await signIn(sessions, at(library, 1))] as const;
    const answers = async (...all: readonly Cookies[]): Promise<readonly string[]> =>
      Promise.all(all.map(async (cookies) => (await ask(library, sessions, cookies, at(library, 5)))[0]));
    const mine = await acceptedBy(sessions, browsers[0], at(library, 2));
    const kept = await sessions.revokeOthers(mine, at(library, 2));
    ok(kept, 'it has ended itself');
    take(browsers[0], kept.applyTo(new Response()));
    equal(await answers(...browsers), ['user ada', '401 revoked']);
    await sessions.revokeAll('ada', at(library, 3));
    equal(await answers(...browsers, await signIn(sessions, at(library, 4))), [
      '401 revoked',
      '401 revoked',
      'user ada',
    ]);
  }),

  ...both('ends when it is not used, and at its end however much it is used', async (library, kind) => {
    const sessions = sessionsOf(library, kind);
    const unused = await signIn(sessions, at(library, 0));
    const used = await signIn(sessions, at(library, 0));
    for (let time = HOUR / 2; time < 8 * HOUR; time += HOUR / 2) {
      const handler = library.core.protect(sessions, () => new Response(), { context: () => at(library, time) });
      const response = await handler(request({ cookie: cookieHeader(used) }));
      take(used, response);
      // The store knows how long a stored one was idle; a sealed one has only its cookie.
      const setCookies = kind === 'stored session' ? 0 : 1;
      equal([response.status, response.headers.getSetCookie().length], [200, setCookies], `after ${time} seconds`);
    }
    equal((await ask(library, sessions, used, at(library, 8 * HOUR)))[0], '401 expired');
    equal((await ask(library, sessions, unused, at(library, HOUR)))[0].slice(0, 3), '401');
  }),

  ...both('sets no cookie where none can be delivered', async (library, kind) => {
    const sessions = sessionsOf(library, kind);
    const cookies = await signIn(sessions, at(library, 0));
    const late = at(library, 0.6 * HOUR, { deliverable: false });
    equal(await ask(library, sessions, cookies, late), ['user ada']);
    const bad = new Map([[NAME, `${cookies.get(NAME)}A`]]);
    equal(await ask(library, sessions, bad, late), [kind === 'stored session' ? '401 malformed' : '401 invalid']);
    // A stored session was renewed all the same: nobody but the store need know.
    const answer = kind === 'stored session' ? 'user ada' : '401 expired';
    equal((await ask(library, sessions, cookies, at(library, 1.5 * HOUR)))[0], answer);
  }),

  ...both('a cookie of the secret before is good, and replaced where that can be delivered', async (library, kind) => {
    const store = library.memoryStore.memoryStore();
    const cookies = await signIn(sessionsOf(library, kind, { store, secret: OLD_SECRET }), at(library, 0));
    const [both, after] = [[SECRET, OLD_SECRET], SECRET].map((secret) => sessionsOf(library, kind, { store, secret }));
    ok(both && after, 'two of them');
    equal(await ask(library, both, cookies, at(library, 1, { deliverable: false })), ['user ada']);
    const [answer, ...setCookie] = await ask(library, both, cookies, at(library, 2));
    equal([answer, setCookie.length], ['user ada', 1]);
    equal((await ask(library, after, cookies, at(library, 3)))[0], '401 invalid');
    const headers = new Headers(setCookie.map((line) => ['set-cookie', line] as [string, string]));
    take(cookies, new Response(null, { headers }));
    equal(await ask(library, after, cookies, at(library, 3)), ['user ada']);
  }),

  ...both('store and secret may come with the request', async (library, kind) => {
    type Env = { readonly SECRET: string; readonly STORE: Store };
    const sessions = sessionsOf(library, kind, {
      secret: ({ bindings }) => (bindings as Env).SECRET,
      store: ({ bindings }) => (bindings as Env).STORE,
    });
    const env: Env = { SECRET, STORE: library.memoryStore.memoryStore() };
    const cookies = await signIn(sessions, at(library, 0, { bindings: env }));
    const handler = library.core.protect(sessions, (_request, { principal }, _env: Env) => new Response(principal), {
      context: (_request, bindings) => ({ bindings, now: at(library, 1).now }),
    });
    const answer = async (given: Env): Promise<string> => {
      const response = await handler(request({ cookie: cookieHeader(cookies) }), given);
      return `${response.status} ${await response.text()}`;
    };
    equal(await answer(env), '200 user ada');
    equal(await answer({ ...env, SECRET: OLD_SECRET }), '401 ');
    const empty = kind === 'stored session' ? '401 ' : '200 user ada';
    equal(await answer({ ...env, STORE: library.memoryStore.memoryStore() }), empty);
    equal(await answer({ ...env, SECRET: 'too short' }), '503 ');
  }),

  ...both('a store or a look-up that fails is a 503, and no cookie goes', async (library, kind) => {
    const store = library.memoryStore.memoryStore();
    const cookies = await signIn(sessionsOf(library, kind, { store }), at(library, 0));
    const fail = (): never => {
      throw new Error('down');
    };
    const reject = (): Promise<never> => Promise.reject(new Error('down'));
    for (const failing of [
      { store: broken(fail) },
      { store: broken(reject) },
      { store: fail },
      { store, load: fail },
      { store, load: reject },
    ]) {
      const answer = await ask(library, sessionsOf(library, kind, failing), cookies, at(library, 1));
      equal(answer, ['503 outage']);
    }
    equal(await ask(library, sessionsOf(library, kind, { store }), cookies, at(library, 1)), ['user ada']);
  }),

  ...both('a user who is no longer there is signed out for good', async (library, kind) => {
    const store = library.memoryStore.memoryStore();
    const sessions = sessionsOf(library, kind, { store });
    const cookies = await signIn(sessions, at(library, 0));
    for (const load of [() => undefined, async () => null]) {
      equal(
        (await ask(library, sessionsOf(library, kind, { store, load }), cookies, at(library, 1)))[0],
        '401 revoked',
      );
    }
    equal((await ask(library, sessions, cookies, at(library, 2)))[0], '401 revoked');
  }),

  ...both('a bad option is a TypeError that names it', (library, kind) => {
    refuses(() => sessionsOf(library, kind, { secret: 'too short' }), 'secret');
    refuses(() => sessionsOf(library, kind, { store: undefined as unknown as Store }), 'store');
    refuses(() => sessionsOf(library, kind, { lifetime: { idle: 0.5 } }), 'lifetime');
    refuses(() => sessionsOf(library, kind, { ...{ secret: SECRET, maxAge: 1 } }), 'maxAge');
  }),

  [
    'stored session: answers at once where its store does',
    async (library) => {
      const sessions = sessionsOf(library, 'stored session');
      const cookie = cookieHeader(await signIn(sessions, at(library, 0)));
      const answer = sessions.authenticate(request({ cookie }), at(library, 1));
      ok(!(answer instanceof Promise), 'it is a promise');
    },
  ],

  [
    'sealed session: while it need not ask the store, answers at once where node:crypto is within reach, else by WebCrypto',
    async ({ core, memoryStore, sealedSession }, { hasNodeHash }) => {
      const sessions = sealedSession.sealedSession({
        secret: SECRET,
        store: memoryStore.memoryStore(),
        maxStaleness: 60,
        load: ({ subject }) => subject,
      });
      const issued = await sessions.issue(request(), { subject: 'ada' });
      const cookies: Cookies = new Map();
      take(cookies, issued.applyTo(new Response()));
      const answer = sessions.authenticate(request({ cookie: cookieHeader(cookies) }), core.createContext());
      equal(answer instanceof Promise, !hasNodeHash, 'a promise:');
      equal((await answer).kind, 'accepted');
    },
  ],
];
