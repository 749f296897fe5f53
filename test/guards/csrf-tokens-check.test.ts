/** What `check` makes of requests. What a token is, and who it is for: csrf-tokens.test.ts. */
import { describe, expect, it } from 'vitest';
import { csrfTokens, type TokenBearer } from '../../src/guards/csrf-tokens.ts';
import { createContext, optional, protect } from '../../src/index.ts';
import { session } from '../../src/schemes/session.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { requestOf } from '../support/request.ts';

const SECRET = 'not a secret: an example of 32 bytes';
const tokens = csrfTokens({ secret: SECRET });
const sessions = session({ secret: SECRET, store: memoryStore(), load: ({ subject }) => ({ name: subject }) });

/** Signs in. @returns The cookie, and a token for its session. */
async function signIn(subject: string): Promise<readonly [cookie: string, token: string]> {
  const issued = await sessions.issue(requestOf(), { subject });
  const cookie = issued.applyTo(new Response()).headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const outcome = await sessions.authenticate(requestOf({ cookie }), createContext());
  if (outcome.kind !== 'accepted') throw new Error(outcome.reason);
  return [cookie, tokens.issue(outcome)];
}

const bearer = (facts: Partial<TokenBearer> = {}): TokenBearer => ({
  scheme: 'session',
  credentialId: 'id',
  ambient: true,
  ...facts,
});

type Fields = Readonly<Record<string, string>>;

const multipart = (fields: Fields): FormData => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('picture', new File([new Uint8Array([0, 255, 13, 10])], 'picture.png'));
  return form;
};
/** Both encodings of a form. */
const FORMS: readonly (readonly [name: string, formOf: (fields: Fields) => BodyInit])[] = [
  ['URL-encoded', (fields) => new URLSearchParams(fields)],
  ['multipart', multipart],
];

describe('a request needs no token', () => {
  it.each(['GET', 'HEAD', 'OPTIONS'])('when it is a %s', async (method) => {
    expect(await tokens.check(new Request('https://app.example/', { method }), bearer())).toBe(true);
  });

  it('when no browser sends its credentials unasked', async () => {
    for (const credentialId of ['id', undefined]) {
      expect(await tokens.check(postOf(), bearer({ ambient: false, credentialId }))).toBe(true);
    }
  });

  it('when it comes without a session where none is needed', async () => {
    const home = protect(
      optional(sessions),
      async (request, accepted) => new Response(String(await tokens.check(request, accepted))),
    );
    expect(await (await home(postOf())).text()).toBe('true');
    expect(await (await home(postOf({ cookie: (await signIn('ada'))[0] }))).text()).toBe('false');
  });
});

describe('a request carries a token', () => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('in a header: %s', async (method) => {
    const headers = { 'X-CSRF-Token': tokens.issue(bearer()) };
    expect(await tokens.check(new Request('https://app.example/', { method, headers }), bearer())).toBe(true);
    expect(await tokens.check(new Request('https://app.example/', { method }), bearer())).toBe(false);
  });

  it.each(FORMS)('in a form: %s', async (_, formOf) => {
    const form = { to: 'eve & co', csrf_token: tokens.issue(bearer()), amount: '1' };
    expect(await tokens.check(postOf({}, formOf(form)), bearer())).toBe(true);
    expect(await tokens.check(postOf({}, formOf(form)), bearer({ credentialId: 'other' }))).toBe(false);
    expect(await tokens.check(postOf({}, formOf({ to: 'eve' })), bearer())).toBe(false);
    for (const wrong of ['', 'null', form.csrf_token.slice(1), '__proto__', 'A'.repeat(1_000_000)]) {
      expect(await tokens.check(postOf({}, formOf({ csrf_token: wrong })), bearer())).toBe(false);
    }
  });

  it('under the names that the application gave', async () => {
    const named = csrfTokens({ secret: SECRET, header: 'x-my-token', field: '__proto__' });
    const token = named.issue(bearer());
    expect(await named.check(postOf({ 'x-my-token': token }), bearer())).toBe(true);
    expect(await named.check(postOf({}, new URLSearchParams([['__proto__', token]])), bearer())).toBe(true);
    expect(await named.check(postOf({ 'x-csrf-token': token }), bearer())).toBe(false);
    expect(await named.check(postOf({}, new URLSearchParams({ csrf_token: token })), bearer())).toBe(false);
  });

  it('and its header decides, where it has one', async () => {
    const form = new URLSearchParams({ csrf_token: tokens.issue(bearer()) });
    expect(await tokens.check(postOf({ 'x-csrf-token': 'wrong' }, form), bearer())).toBe(false);
    const good = { 'x-csrf-token': tokens.issue(bearer()) };
    expect(await tokens.check(postOf(good, new URLSearchParams({ csrf_token: 'wrong' })), bearer())).toBe(true);
    expect(await tokens.check(postOf(good, '{}'), bearer())).toBe(true);
  });

  it('and the first field of that name decides, where it has two', async () => {
    const [good, wrong] = [tokens.issue(bearer()), 'wrong'];
    for (const [first, second, holds] of [
      [good, wrong, true],
      [wrong, good, false],
    ] as const) {
      const form = new URLSearchParams([
        ['csrf_token', first],
        ['csrf_token', second],
      ]);
      expect(await tokens.check(postOf({}, form), bearer())).toBe(holds);
    }
  });

  it('not in its URL, in a cookie, or in JSON', async () => {
    const token = tokens.issue(bearer());
    const json = { 'content-type': 'application/json' };
    for (const request of [
      new Request(`https://app.example/?csrf_token=${token}&x-csrf-token=${token}`, { method: 'POST' }),
      postOf({ cookie: `csrf_token=${token}; x-csrf-token=${token}` }),
      postOf(json, JSON.stringify({ csrf_token: token })),
      postOf({ 'content-type': 'text/plain' }, `csrf_token=${token}`),
      postOf({ 'content-type': 'application/x-www-form-urlencodedly' }, `csrf_token=${token}`),
    ]) {
      expect(await tokens.check(request, bearer())).toBe(false);
    }
  });

  it('not as a file', async () => {
    const form = new FormData();
    form.set('csrf_token', new File([tokens.issue(bearer())], 'token.txt'));
    expect(await tokens.check(postOf({}, form), bearer())).toBe(false);
  });
});

describe('a body', () => {
  it.each(FORMS)('is still there for the handler: %s', async (_, formOf) => {
    const [cookie, csrf_token] = await signIn('ada');
    const handler = protect(sessions, async (request, accepted) => {
      if (!(await tokens.check(request, accepted))) return new Response(null, { status: 403 });
      return new Response((await request.formData()).get('to') as string);
    });
    const to = 'eve & co, '.repeat(10_000);
    expect(await (await handler(postOf({ cookie }, formOf({ to, csrf_token })))).text()).toBe(to);
    expect((await handler(postOf({ cookie }, formOf({ to })))).status).toBe(403);
  });

  it('is not read when the header has the token', async () => {
    const request = postOf({ 'x-csrf-token': tokens.issue(bearer()) }, new URLSearchParams({ to: 'eve' }));
    await tokens.check(request, bearer());
    expect(request.bodyUsed).toBe(false);
    expect(await request.text()).toBe('to=eve');
  });

  it.each<[string, string, BodyInit | undefined]>([
    ['a form without a boundary', 'multipart/form-data', 'x'],
    ['a form with another boundary', 'multipart/form-data; boundary=x', '--y\r\n\r\n--y--'],
    [
      'a form that stops halfway',
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="csrf_t',
    ],
    ['nothing where a form should be', 'multipart/form-data; boundary=x', undefined],
    ['nothing where fields should be', 'application/x-www-form-urlencoded', undefined],
    ['bytes where fields should be', 'application/x-www-form-urlencoded', new Uint8Array([0, 255, 254, 61])],
    ['bad percent codes', 'application/x-www-form-urlencoded', 'csrf_token=%&%zz=%'],
    ['a field without a value', 'application/x-www-form-urlencoded; charset=latin1', 'csrf_token'],
    ['a megabyte of separators', 'application/x-www-form-urlencoded', '&'.repeat(1_000_000)],
  ])('that is %s is a wrong token, and no exception', async (_, type, body) => {
    expect(await tokens.check(postOf({ 'content-type': type }, body), bearer())).toBe(false);
  });

  it('that was read already, or that breaks off, is a wrong token too', async () => {
    const read = postOf({}, new URLSearchParams({ csrf_token: tokens.issue(bearer()) }));
    await read.text();
    expect(await tokens.check(read, bearer())).toBe(false);
    const broken = new ReadableStream({ pull: (controller) => controller.error(new Error('the client has gone')) });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const init = { method: 'POST', headers, body: broken, duplex: 'half' };
    expect(await tokens.check(new Request('https://app.example/', init), bearer())).toBe(false);
  });
});

function postOf(headers: Fields = {}, body?: BodyInit): Request {
  return new Request('https://app.example/', { method: 'POST', headers, ...(body !== undefined && { body }) });
}
