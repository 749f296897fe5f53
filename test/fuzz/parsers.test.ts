import { describe, expect, it, vi } from 'vitest';
import { parseCookies, readCookie, readCookies } from '../../src/http/cookie.ts';
import { authScheme } from '../../src/http/credentials.ts';
import { parseChallenges } from '../../src/http/parse-challenges.ts';
import { type Credentials, parseCredentials } from '../../src/http/parse-credentials.ts';
import { any, protect } from '../../src/index.ts';
import { basic } from '../../src/schemes/basic.ts';
import { generator } from './generator.ts';

vi.setConfig({ testTimeout: 120_000 });

const AUTHORIZATION_VALUES = 120_000;
const COOKIE_VALUES = 120_000;

const SEED = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 32));

/** Runs `check` on many values. What fails says with which value, and how to get it again. */
function fuzz(count: number, next: () => string, check: (value: string) => void): void {
  for (let index = 0; index < count; index++) {
    const value = next();
    try {
      check(value);
    } catch (error) {
      throw new Error(`value ${index} of FUZZ_SEED=${SEED}: ${JSON.stringify(value)}: ${error}`, { cause: error });
    }
  }
}

function assert(holds: boolean, rule: string): void {
  if (!holds) throw new Error(rule);
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const TOKEN68 = /^[-._~+/0-9A-Za-z]+=*$/;

/** Writes credentials again, in the plainest form. */
function write({ scheme, token68, params }: Credentials): string {
  if (token68 !== undefined) return `${scheme} ${token68}`;
  const list = [...params].map(([name, value]) => `${name}="${value.replace(/["\\]/g, '\\$&')}"`);
  return `${scheme} ${list.join(',')}`;
}

function same(first: ReadonlyMap<string, string>, second: ReadonlyMap<string, string>): boolean {
  return first.size === second.size && [...first].every(([name, value]) => second.get(name) === value);
}

describe('generated Authorization values', () => {
  const next = () => generator(SEED).authorization;

  it('are read by rules that hold for each', () => {
    const seen = { token68: 0, params: 0, bare: 0, multiple: 0, malformed: 0 };
    fuzz(AUTHORIZATION_VALUES, next(), (value) => {
      const credentials = parseCredentials(value);
      const challenges = parseChallenges(value);
      const trimmed = value.replace(/^[ \t]+|[ \t]+$/g, '');
      if (typeof credentials === 'string') {
        seen[credentials]++;
        // Whatever isn't one credential isn't a list of one challenge either, but for a token68 and empty elements.
        const one = challenges?.length === 1;
        assert(!one || /,[ \t,]*$|^[ \t]*,/.test(value), 'a list of one challenge is one credential');
        assert(credentials !== 'multiple' || challenges?.length !== 0, 'several credentials are no empty list');
        assert(credentials !== 'multiple' || value.includes(','), 'several credentials have a comma between');
        return;
      }
      const { scheme, token68, params } = credentials;
      seen[token68 !== undefined ? 'token68' : params?.size ? 'params' : 'bare']++;
      assert(TOKEN.test(scheme), 'the scheme is a token in lower case');
      assert(token68 === undefined || TOKEN68.test(token68), 'a token68 is one');
      for (const [name, text] of params ?? []) {
        assert(TOKEN.test(name), 'a name is a token in lower case');
        assert(!/[\x00-\x08\x0a-\x1f\x7f\u0100-\uffff]/.test(text), 'a value has no control characters');
      }
      const [challenge, ...others] = challenges ?? [];
      assert(challenge?.scheme.toLowerCase() === scheme && !others.length, 'one credential is a list of one challenge');
      assert(challenge?.token68 === token68 && same(challenge?.params ?? new Map(), params ?? new Map()), 'read alike');
      assert(authScheme(trimmed).split(/[\t,]/)[0] === scheme, 'the fast reader finds the same scheme');
      const again = parseCredentials(write(credentials));
      assert(typeof again !== 'string' && again.token68 === token68, 'what is written again is read alike');
      const twice = parseCredentials(`${write(credentials)}, ${write(credentials)}`);
      assert(twice === 'multiple', 'two of them are several');
      assert(typeof again !== 'string' && same(again.params ?? new Map(), params ?? new Map()), 'params too');
    });
    // Nothing of this was for nothing.
    for (const count of Object.values(seen))
      expect(count, JSON.stringify(seen)).toBeGreaterThan(AUTHORIZATION_VALUES / 100);
  });

  it('get an answer from protect: never an exception, never a 5xx', async () => {
    const users = [{ username: 'a', plaintextPassword: 'b' }];
    const handler = protect(any(basic({ realm: 'Fuzz', users })), () => new Response(null, { status: 204 }));
    const statuses = new Map<number, number>();
    const nextValue = next();
    for (let index = 0; index < AUTHORIZATION_VALUES / 4; index++) {
      const value = nextValue();
      const headers = { get: (name: string) => (name === 'authorization' ? value : null) };
      const { status } = await handler({ method: 'GET', url: 'https://h.example/', headers } as unknown as Request);
      if (![204, 400, 401].includes(status)) {
        throw new Error(`value ${index} of FUZZ_SEED=${SEED}: ${JSON.stringify(value)}: ${status}`);
      }
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    expect([...statuses.keys()].sort()).toEqual([204, 400, 401]);
  });
});

describe('generated Cookie values', () => {
  it('are read by rules that hold for each', () => {
    let [found, several, absent] = [0, 0, 0];
    fuzz(COOKIE_VALUES, generator(SEED).cookie, (value) => {
      const cookies = parseCookies(value, { maxCookies: Infinity });
      for (const [name, text] of cookies) {
        assert(name === name.replace(/^[ \t]+|[ \t]+$/g, '') && !/[;=]/.test(name) && name !== '', 'a name is one');
        assert(text === text.replace(/^[ \t]+|[ \t]+$/g, '') && !text.includes(';'), 'a value is one');
        assert(value.includes(name) && value.includes(text), 'nothing is made up');
        assert(readCookie(value, name) === text, 'one and all are read alike');
      }
      for (const name of ['sid', '__Host-sid', '__proto__', '$Version']) {
        const all = readCookies(value, name, Infinity);
        assert(readCookie(value, name) === all[0] && cookies.get(name) === all[0], 'the first is the first');
        assert(all.length <= value.split('=').length - 1, 'no more than there are');
        const some = readCookies(value, name, 2);
        assert(
          some.length === Math.min(2, all.length) && some.every((text, index) => text === all[index]),
          'the limit',
        );
        if (all.length > 1) several++;
        else if (all.length === 1) found++;
        else absent++;
      }
      assert(readCookie(value, '') === undefined && !cookies.has(''), 'nothing is nameless');
      assert(parseCookies(value).size <= Math.min(180, cookies.size), 'the limit of all');
      const good = readCookie(`${value};__Host-probe=good`, '__Host-probe');
      assert(good === 'good' || value.includes('__Host-probe'), 'no cookie hides another');
    });
    for (const count of [found, several, absent]) expect(count).toBeGreaterThan(COOKIE_VALUES / 100);
  });
});
