import { describe, expect, it } from 'vitest';
import { csrfTokens, type TokenBearer } from '../../src/guards/csrf-tokens.ts';
import { createContext, protect } from '../../src/index.ts';
import { session } from '../../src/schemes/session.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { contextOf } from '../support/context.ts';
import { requestOf } from '../support/request.ts';

const SECRET = 'not a secret: an example of 32 bytes';
const OTHER_SECRET = 'nor is this one: another of 32 bytes';
const tokens = csrfTokens({ secret: SECRET });
const sessions = session({ secret: SECRET, store: memoryStore(), load: ({ subject }) => ({ name: subject }) });

/** Signs in, in a browser that has that cookie. @returns The new one. */
async function signIn(subject: string, cookie = ''): Promise<string> {
  const issued = await sessions.issue(requestOf({ cookie }), { subject });
  return issued.applyTo(new Response()).headers.getSetCookie()[0]?.split(';')[0] ?? '';
}

/** What a handler gets in a request with that cookie. */
async function acceptedBy(cookie: string) {
  const outcome = await sessions.authenticate(requestOf({ cookie }), createContext());
  if (outcome.kind !== 'accepted') throw new Error(outcome.reason);
  return outcome;
}

const signedIn = async (subject: string, cookie?: string) => acceptedBy(await signIn(subject, cookie));
const bearer = (facts: Partial<TokenBearer> = {}): TokenBearer => ({
  scheme: 'session',
  credentialId: 'id',
  ambient: true,
  ...facts,
});

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

describe('a token', () => {
  it('is good for its session, and for no other of the same user or of another one', async () => {
    const all = [await signedIn('ada'), await signedIn('ada'), await signedIn('eve')];
    for (const mine of all) {
      const verified = all.map((each) => tokens.verify(each, tokens.issue(mine)));
      expect(verified).toEqual(all.map((each) => each === mine));
    }
  });

  it('is another text each time, in both of its halves, and all of them are good', async () => {
    const ada = await signedIn('ada');
    const issued = Array.from({ length: 200 }, () => tokens.issue(ada));
    for (const token of issued) expect(tokens.verify(ada, token)).toBe(true);
    for (const [from, to] of [
      [0, 12],
      [43, 55],
      [74, 86],
    ] as const) {
      expect(new Set(issued.map((token) => token.slice(from, to))).size).toBe(200);
    }
  });

  it('stands in a page, a header and a URL as it is', async () => {
    expect(tokens.issue(await signedIn('ada'))).toMatch(/^[\w-]{86}$/);
  });

  it('is gone when its session is rotated; the new one has its own', async () => {
    const before = await signedIn('ada');
    const token = tokens.issue(before);
    const issued = await sessions.rotate(before);
    const after = await acceptedBy(issued?.applyTo(new Response()).headers.getSetCookie()[0]?.split(';')[0] as string);
    expect(tokens.verify(after, token)).toBe(false);
    expect(tokens.verify(after, tokens.issue(after))).toBe(true);
  });

  it('stays good when its session is changed or renewed', async () => {
    const before = await signedIn('ada');
    const token = tokens.issue(before);
    const issued = await sessions.update(before, { label: 'at work' });
    expect(issued && tokens.verify(bearer({ credentialId: issued.session.id }), token)).toBe(true);
  });

  it('is gone when somebody signs in again in the same browser, the same person too', async () => {
    for (const subject of ['ada', 'eve']) {
      const cookie = await signIn('ada');
      const token = tokens.issue(await acceptedBy(cookie));
      expect(tokens.verify(await signedIn(subject, cookie), token)).toBe(false);
    }
  });

  // Somebody who may set cookies and read his own pages (a sibling subdomain) has a good pair of his own.
  it('of the attacker’s session does not help in the victim’s browser', async () => {
    const planted = tokens.issue(await signedIn('mallory'));
    const victim = await signIn('ada');
    const handler = protect(
      sessions,
      async (request, accepted) =>
        new Response((await tokens.check(request, accepted)) ? accepted.principal.name : 'refused'),
    );
    const answerTo = async (cookie: string): Promise<string> =>
      (await handler(postOf({ cookie, 'x-csrf-token': planted }))).text();
    for (const cookie of [`csrf=${planted}; ${victim}`, `${victim}; csrf_token=${planted}`, victim]) {
      expect(await answerTo(cookie)).toBe('refused');
    }
  });

  it('is one scheme’s, even where another has a credential of the same id', () => {
    const token = tokens.issue(bearer());
    expect(tokens.verify(bearer(), token)).toBe(true);
    expect(tokens.verify(bearer({ scheme: 'device' }), token)).toBe(false);
    // Nor where scheme and id together are the same text.
    for (const credentialId of ['nid', 'n id']) {
      expect(tokens.verify(bearer({ scheme: 'sessio', credentialId }), token)).toBe(false);
    }
  });

  // Fails today: of each character of an id the HMAC sees the last eight bits.
  it('is one id’s, whatever characters ids are made of', () => {
    const token = tokens.issue(bearer({ credentialId: '\u0141ada' }));
    expect(tokens.verify(bearer({ credentialId: 'Aada' }), token)).toBe(false);
  });

  it('can’t be had for an acceptance that has no id', () => {
    for (const credentialId of [undefined, '']) {
      expect(() => tokens.issue(bearer({ credentialId }))).toThrow(
        /^csrfTokens\(\): an acceptance without credentialId/,
      );
    }
  });

  it('depends on the dice of the context and on nothing else', () => {
    const random = (length: number): Uint8Array => new Uint8Array(length).fill(9);
    const once = tokens.issue(bearer(), contextOf({ random }));
    expect(tokens.issue(bearer(), contextOf({ random, now: 0 }))).toBe(once);
    expect(tokens.issue(bearer(), contextOf())).not.toBe(once);
  });
});

describe('secrets', () => {
  it('are refused when they are short, and the message does not tell them', () => {
    for (const secret of ['', 'hunter2', [], [SECRET, 'hunter2']]) {
      expect(() => csrfTokens({ secret })).toThrow(/^secret: needs 32 bytes$/);
    }
  });

  it('make tokens of their own', () => {
    const others = csrfTokens({ secret: OTHER_SECRET });
    expect(tokens.verify(bearer(), others.issue(bearer()))).toBe(false);
    expect(others.verify(bearer(), tokens.issue(bearer()))).toBe(false);
  });

  it('may be rotated: a token of the old one is good, a new one is of the new one', () => {
    const both = csrfTokens({ secret: [OTHER_SECRET, SECRET] });
    const [old, young] = [tokens.issue(bearer()), both.issue(bearer())];
    expect([both.verify(bearer(), old), both.verify(bearer(), young)]).toEqual([true, true]);
    const after = csrfTokens({ secret: OTHER_SECRET });
    expect([after.verify(bearer(), old), after.verify(bearer(), young)]).toEqual([false, true]);
    expect(both.verify(bearer({ credentialId: 'other' }), old)).toBe(false);
  });

  it('may come with the context', async () => {
    const bound = csrfTokens({ secret: ({ bindings }) => (bindings as { readonly SECRET: string }).SECRET });
    const [context, other] = [SECRET, OTHER_SECRET].map((each) => contextOf({ bindings: { SECRET: each } }));
    const token = bound.issue(bearer(), context);
    expect(tokens.verify(bearer(), token)).toBe(true);
    expect([bound.verify(bearer(), token, context), bound.verify(bearer(), token, other)]).toEqual([true, false]);
    const request = postOf({ 'x-csrf-token': token });
    expect(await bound.check(request, bearer(), context)).toBe(true);
    expect(await bound.check(request, bearer(), other)).toBe(false);
  });

  it('are not looked for under another name', () => {
    expect(() => csrfTokens({ secret: SECRET, ...{ feild: 'csrf' } })).toThrow(/feild/);
  });
});

/** What a stranger may send in the place of a token, some of it as a script of the application may hand it over. */
const HOSTILE: readonly unknown[] = [
  undefined,
  null,
  true,
  false,
  0,
  86,
  Number.NaN,
  1n,
  Symbol('token'),
  '',
  ' ',
  'null',
  'undefined',
  '__proto__',
  'A',
  'A'.repeat(85),
  'A'.repeat(86),
  'A'.repeat(87),
  '_'.repeat(86),
  '-'.repeat(86),
  '+'.repeat(86),
  '/'.repeat(86),
  '='.repeat(86),
  '\0'.repeat(86),
  ' '.repeat(86),
  '\n'.repeat(86),
  'ü'.repeat(86),
  '\u{1f511}'.repeat(43),
  '\ud800'.repeat(86),
  'A'.repeat(1_000_000),
  '\0'.repeat(1_000_000),
  '€'.repeat(1_000_000),
  {},
  [],
  ['A'.repeat(86)],
  new Uint8Array(86),
  { length: 86 },
  { toString: () => 'A'.repeat(86) },
  () => 'A'.repeat(86),
  new File(['A'.repeat(86)], 'token'),
  Promise.resolve('A'.repeat(86)),
  Object.create(null),
];

describe('what is no token of this session is not one, and nothing throws:', () => {
  it.each(HOSTILE.map((value) => [value]))('%#', (value) => {
    expect(tokens.verify(bearer(), value)).toBe(false);
  });

  it('a token in something else', () => {
    const token = tokens.issue(bearer());
    for (const value of [
      [token],
      { token },
      new String(token),
      { toString: () => token },
      new TextEncoder().encode(token),
    ]) {
      expect(tokens.verify(bearer(), value)).toBe(false);
    }
  });

  it('a token of which any one character is another', () => {
    const token = tokens.issue(bearer());
    for (let index = 0; index < token.length; index++) {
      // Its first bit: the last bits of the last character mean nothing.
      const other = ALPHABET[ALPHABET.indexOf(token[index] as string) ^ 32];
      expect(tokens.verify(bearer(), token.slice(0, index) + other + token.slice(index + 1))).toBe(false);
    }
    expect(tokens.verify(bearer(), token)).toBe(true);
  });

  it('a token that is cut, longer, doubled, or has blanks around it', () => {
    const token = tokens.issue(bearer());
    for (let length = 0; length < token.length; length++) {
      expect(tokens.verify(bearer(), token.slice(0, length))).toBe(false);
      expect(tokens.verify(bearer(), token.slice(token.length - length - 1, -1))).toBe(false);
    }
    for (const other of [
      `${token}A`,
      `A${token}`,
      token + token,
      ` ${token}`,
      `${token} `,
      `${token}\n`,
      `${token}==`,
    ]) {
      expect(tokens.verify(bearer(), other)).toBe(false);
    }
  });

  it('a token with another’s mask', () => {
    const [one, other] = [tokens.issue(bearer()), tokens.issue(bearer())].map((each) => Buffer.from(each, 'base64url'));
    const mixed = Buffer.concat([one?.subarray(0, 32) as Buffer, other?.subarray(32) as Buffer]);
    expect(tokens.verify(bearer(), mixed.toString('base64url'))).toBe(false);
    for (const mask of [new Uint8Array(32), new Uint8Array(32).fill(255)]) {
      const masked = Buffer.concat([mask, one?.subarray(32) as Buffer]);
      expect(tokens.verify(bearer(), masked.toString('base64url'))).toBe(false);
    }
  });
});

function postOf(headers: Readonly<Record<string, string>>): Request {
  return new Request('https://app.example/', { method: 'POST', headers });
}
