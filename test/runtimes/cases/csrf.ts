import { equal, ok, refuses } from '../expect.ts';
import type { Case } from '../library.ts';
import { request } from '../requests.ts';
import { acceptedBy, at, both, cookieHeader, frozen, SECRET, sessionsOf, signIn, take } from '../session-app.ts';

const bearer = { scheme: 'session', credentialId: 'id', ambient: true };
/** For the session `id`, made with node:crypto from the dice of {@link frozen}. */
const MADE_ON_NODE = 'IGmy-0SN1h9osfpDjNUeZ7D5QovUHWav-EGK0xxlrveux7kkHI4HCTL7qoxWNFDwR6AQtJJCDc7JzPtkG2Q6Qg';

const post = (headers: Record<string, string>, body?: BodyInit): Request =>
  new Request('https://app.example/', { method: 'POST', headers, ...(body !== undefined && { body }) });

export const csrfCases: readonly Case[] = [
  ...both('a token is good for it and for no other, and is gone when it is rotated', async (library, kind) => {
    const sessions = sessionsOf(library, kind);
    const tokens = library.csrf.csrfTokens({ secret: SECRET });
    const cookies = await signIn(sessions, at(library, 0));
    const mine = await acceptedBy(sessions, cookies, at(library, 1));
    const other = await acceptedBy(sessions, await signIn(sessions, at(library, 0)), at(library, 1));
    const [one, another] = [tokens.issue(mine), tokens.issue(mine)];
    ok(one !== another, 'they are one text');
    equal(
      [one, another].map((token) => [tokens.verify(mine, token), tokens.verify(other, token)]),
      [
        [true, false],
        [true, false],
      ],
    );
    const rotated = await sessions.rotate(mine, {}, at(library, 2));
    ok(rotated, 'it was not rotated');
    take(cookies, rotated.applyTo(new Response()));
    equal(tokens.verify(await acceptedBy(sessions, cookies, at(library, 3)), one), false);
  }),

  [
    'csrf: a token is the one that Node makes, and good here',
    ({ csrf }) => {
      const tokens = csrf.csrfTokens({ secret: SECRET });
      equal(tokens.issue(bearer, frozen()), MADE_ON_NODE);
      equal(tokens.verify(bearer, MADE_ON_NODE), true);
      equal(tokens.verify({ ...bearer, credentialId: 'other' }, MADE_ON_NODE), false);
      equal(csrf.csrfTokens({ secret: [`other ${SECRET}`, SECRET] }).verify(bearer, MADE_ON_NODE), true);
      equal(csrf.csrfTokens({ secret: `other ${SECRET}` }).verify(bearer, MADE_ON_NODE), false);
    },
  ],

  [
    'csrf: a token comes in a header or in a form of either encoding, and the form is still there',
    async ({ csrf }) => {
      const tokens = csrf.csrfTokens({ secret: SECRET });
      const token = tokens.issue(bearer);
      const fields = { to: 'eve & co', csrf_token: token };
      const multipart = new FormData();
      for (const [name, value] of Object.entries(fields)) multipart.set(name, value);
      for (const body of [new URLSearchParams(fields), multipart]) {
        const sent = post({}, body);
        equal(await tokens.check(sent, bearer), true);
        equal((await sent.formData()).get('to'), 'eve & co');
      }
      equal(await tokens.check(post({ 'x-csrf-token': token }, '{}'), bearer), true);
      equal(await tokens.check(post({}), bearer), false);
      equal(await tokens.check(request(), bearer), true);
      equal(await tokens.check(post({}), { ...bearer, ambient: false }), true);
    },
  ],

  [
    'csrf: what is no token of this session is not one, and nothing throws',
    async ({ csrf }) => {
      const tokens = csrf.csrfTokens({ secret: SECRET });
      const token = tokens.issue(bearer);
      const values = [undefined, null, 0, {}, [token], '', '\0', 'ü', 'A'.repeat(86), '='.repeat(86), `${token}A`];
      for (const value of [...values, token.slice(1), 'A'.repeat(1_000_000), new File([token], 'token')]) {
        equal(tokens.verify(bearer, value), false, `${typeof value} of ${String(value).slice(0, 20)}:`);
      }
      const type = 'multipart/form-data';
      for (const [contentType, body] of [
        [type, 'x'],
        [`${type}; boundary=x`, '--y'],
        [`${type}; boundary=x`, '--x\r\nContent-Disposition: form-data; name="csrf_t'],
        ['application/x-www-form-urlencoded', 'csrf_token=%&%zz=%'],
        ['text/plain', `csrf_token=${token}`],
      ] as const) {
        equal(await tokens.check(post({ 'content-type': contentType }, body), bearer), false, contentType);
      }
      const read = post({}, new URLSearchParams({ csrf_token: token }));
      await read.text();
      equal(await tokens.check(read, bearer), false, 'read already:');
      refuses(() => csrf.csrfTokens({ secret: 'too short' }), 'secret');
    },
  ],

  [
    'csrf: a sign-in that another site sends is refused, and those of browser and script are not',
    async ({ core, csrf }) => {
      const signIn = core.protect(csrf.visitor, () => new Response('signed in'));
      const statusFor = async (headers: Record<string, string>): Promise<number> =>
        (await signIn(request({ host: 'app.example', ...headers }, 'POST'))).status;
      equal(await statusFor({ 'sec-fetch-site': 'cross-site' }), 403);
      equal(await statusFor({ origin: 'https://elsewhere.example' }), 403);
      equal(await statusFor({ 'sec-fetch-site': 'same-origin' }), 200);
      equal(await statusFor({ origin: 'https://app.example' }), 200);
      equal(await statusFor({}), 200);
    },
  ],

  ...both(
    'a stranger\u2019s good pair of cookie and token does not help in another\u2019s browser',
    async (library, kind) => {
      const sessions = sessionsOf(library, kind);
      const tokens = library.csrf.csrfTokens({ secret: SECRET });
      const stranger = tokens.issue(await acceptedBy(sessions, await signIn(sessions, at(library, 0)), at(library, 1)));
      const cookie = cookieHeader(await signIn(sessions, at(library, 0)));
      const handler = library.core.protect(
        sessions,
        async (sent, accepted) => new Response(null, { status: (await tokens.check(sent, accepted)) ? 200 : 403 }),
        { context: () => at(library, 1) },
      );
      const fields = new URLSearchParams({ csrf_token: stranger });
      for (const sent of [post({ cookie, 'x-csrf-token': stranger }), post({ cookie }, fields)]) {
        equal((await handler(sent)).status, 403);
      }
    },
  ),
];
