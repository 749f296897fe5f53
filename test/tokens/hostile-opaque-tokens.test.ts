import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { protect } from '../../src/index.ts';
import { bearer } from '../../src/schemes/bearer.ts';
import type { Store } from '../../src/stores/contract.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { opaqueTokens } from '../../src/tokens/opaque-tokens.ts';
import { clockAt, countingStore } from '../support/sessions.ts';

const context = clockAt().context();
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** For somebody whose partition begins with a letter: behind `acme` an underscore would be the divider. */
async function issueOne() {
  const store = countingStore();
  const tokens = opaqueTokens({ store, prefix: 'acme' });
  const { token } = await tokens.issue({ subject: 'bob' }, context);
  store.reset();
  return { store, tokens, token };
}

/** As anybody can: the checksum needs no secret. */
const withChecksum = (body: string): string => body + createHash('sha256').update(body).digest('base64url').slice(0, 6);

/** By what it is: the text, and what is said of it. */
function hostileOf(token: string): readonly (readonly [name: string, text: string, result: 'malformed' | undefined])[] {
  const body = token.slice(0, -6);
  const bare = token.slice(5);
  const none = [
    ['empty', ''],
    ['one character', 'a'],
    ['the prefix alone', 'acme'],
    ['another prefix', `other_${bare}`],
    ['a longer prefix', `acmes_${bare}`],
    ['a shorter prefix', `acm_${bare}`],
    ['no prefix', bare],
    ['no divider', `acme${bare}`],
    ['another divider', `acme-${bare}`],
    ['prefix in upper case', `ACME_${bare}`],
    ['prefix in mixed case', `Acme_${bare}`],
    ['all in upper case', token.toUpperCase()],
    ['a space before', ` ${token}`],
    ['a line before', `\n${token}`],
    ['NUL before', `\0${token}`],
    ['BOM before', `\uFEFF${token}`],
    ['a scheme before', `Bearer ${token}`],
    ['in quotes', `"${token}"`],
    ['a JWT', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.'],
    ['a name of Object.prototype', '__proto__'],
    ['another', 'constructor'],
    ['1 MB of a', 'a'.repeat(1_000_000)],
    ['a letter that looks like it', `\u0430cme_${bare}`],
    ['in full width', '\uFF41cme_'],
  ] as const;
  const bad = [
    ['nothing behind the prefix', 'acme_'],
    ['twice the prefix', `acme_${token}`],
    ['__proto__ behind the prefix', 'acme___proto__'],
    ['short by one', token.slice(0, -1)],
    ['short by one in front', `acme_${bare.slice(1)}`],
    ['long by one', `${token}A`],
    ['twice', token + token],
    ['two by a comma', `${token}, ${token}`],
    ['a space behind', `${token} `],
    ['a line behind', `${token}\n`],
    ['NUL behind', `${token}\0`],
    ['padded', `${token}=`],
    ['padded within', `${token.slice(0, -1)}=`],
    ['the checksum in upper case and lower', body + swapCase(token.slice(-6))],
    ['the secret in lower case', `${body.toLowerCase()}${token.slice(-6)}`],
    ['the partition of another', `acme_${'A'.repeat(12)}${token.slice(17)}`],
    ['backwards', `acme_${[...bare].reverse().join('')}`],
    ['percent', `acme_%41${bare.slice(3)}`],
    ['not ASCII', `acme_\u00E9${bare.slice(1)}`],
    ['a lone surrogate', `acme_\uD800${bare.slice(1)}`],
    ['full width', `acme_\uFF21${bare.slice(1)}`],
    ['the long s, which case folding makes an s', `acme_\u017F${bare.slice(1)}`],
    ['1 MB of A', `acme_${'A'.repeat(1_000_000)}`],
    ['1 MB of spaces', `acme_${' '.repeat(1_000_000)}`],
    ['1 MB behind it', token + 'A'.repeat(1_000_000)],
  ] as const;
  // These have a checksum that holds, which anybody can compute. A partition like theirs must not come to a store.
  const forged = ['+', '/', '=', ' ', '\n', '\0', '{', '}', ':', '*', '.', "'", '\u00E9', '\uD800'].map(
    (character) =>
      [`${JSON.stringify(character)}, checksum good`, withChecksum(`acme_${character}${bare.slice(1, -6)}`)] as const,
  );
  const sized = [0, 1, 12, 54, 56, 1000, 1_000_000].map(
    (length) => [`${length} characters, checksum good`, withChecksum(`acme_${'A'.repeat(length)}`)] as const,
  );
  return [
    ...none.map(([name, text]) => [name, text, undefined] as const),
    ...[...bad, ...forged, ...sized].map(([name, text]) => [name, text, 'malformed'] as const),
  ];
}

const swapCase = (text: string): string =>
  text.replace(/[a-z]/gi, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase()));

describe('whatever somebody sends', () => {
  it('costs no look-up and no throw unless the checksum holds', async () => {
    // A checksum without a letter has no other case.
    let given = await issueOne();
    while (!/[a-z]/i.test(given.token.slice(-6))) given = await issueOne();
    const { store, tokens, token } = given;
    const table = hostileOf(token);
    expect(table.length).toBeGreaterThan(60);
    for (const [name, text, result] of table) {
      expect(tokens.verify(text, context), name).toBe(result);
      expect(await tokens.revokeToken(text, context), name).toBe(false);
    }
    expect(store.total).toBe(0);
    expect(tokens.verify(token, context)).toMatchObject({ subject: 'bob' });
  });

  it('one character changed, at every position, to every other: malformed or another’s, without a look-up', async () => {
    const { store, tokens, token } = await issueOne();
    for (let index = 0; index < token.length; index++) {
      for (const character of `${ALPHABET}+/= \0\u00E9`) {
        if (character === token[index]) continue;
        const changed = token.slice(0, index) + character + token.slice(index + 1);
        expect(tokens.verify(changed, context), `${index} ${character}`).toBe(index < 5 ? undefined : 'malformed');
      }
    }
    expect(store.total).toBe(0);
  });

  it('10,000 well-shaped tokens at random: no look-up', async () => {
    const { store, tokens } = await issueOne();
    for (let n = 0; n < 10_000; n++) {
      const bytes = crypto.getRandomValues(new Uint8Array(61));
      const text = `acme_${[...bytes].map((byte) => ALPHABET[byte % 64]).join('')}`;
      expect(tokens.verify(text, context)).toBe('malformed');
    }
    expect(store.total).toBe(0);
  });

  it('a checksum that holds over a secret that was never issued: one look-up, and nothing', async () => {
    const { store, tokens, token } = await issueOne();
    const forged = withChecksum(`${token.slice(0, 17)}${'A'.repeat(43)}`);
    expect(tokens.verify(forged, context)).toBe('invalid');
    const odd = withChecksum(`${token.slice(0, 17)}${'\uD800\0é'.padEnd(43, '{')}`);
    expect(tokens.verify(odd, context)).toBe('invalid');
    // The id itself, which lists and logs show, opens nothing.
    const [{ id = '' } = {}] = (await tokens.list('bob', {}, context)).tokens;
    expect(tokens.verify(withChecksum(`${token.slice(0, 17)}${id}`), context)).toBe('invalid');
    expect(store.counts.read).toBe(3);
  });
});

describe('a store that is down', () => {
  const failing = (fail: () => never | Promise<never>): Store =>
    new Proxy(memoryStore(), { get: (inner, member) => (member === 'capabilities' ? inner.capabilities : fail) });
  const down = 'connection refused';

  it.each<[name: string, fail: () => never | Promise<never>]>([
    [
      'throws',
      () => {
        throw new Error(down);
      },
    ],
    ['rejects', () => Promise.reject(new Error(down))],
  ])('is an outage, and never "not found": %s', async (_, fail) => {
    const { token } = await issueOne();
    const tokens = opaqueTokens({ store: failing(fail), prefix: 'acme' });
    for (const call of [
      async () => tokens.verify(token, context),
      () => tokens.issue({ subject: 'ada' }, context),
      () => tokens.revoke('ada', 'id', context),
      () => tokens.revokeToken(token, context),
      () => tokens.revokeAll('ada', context),
      () => tokens.list('ada', {}, context),
      () => tokens.epoch('ada', context),
    ]) {
      await expect(call()).rejects.toThrow(down);
      await expect(call()).rejects.not.toThrow(token.slice(5, 30));
    }
    const api = protect(bearer({ tokens }), () => new Response());
    const statusFor = async (text: string) =>
      (await api(new Request('https://app.example/', { headers: { authorization: `Bearer ${text}` } }))).status;
    expect([await statusFor(token), await statusFor(`${token}A`)]).toEqual([503, 401]);
    // Garbage is told from good tokens even then.
    expect(tokens.verify(`${token}A`, context)).toBe('malformed');
  });

  it('the token, or part of it, is in no message of a throw', async () => {
    const sameDice = clockAt().context({ random: (length) => new Uint8Array(length) });
    const tokens = opaqueTokens({ store: memoryStore(), prefix: 'acme' });
    const { token } = await tokens.issue({ subject: 'ada' }, sameDice);
    const again = tokens.issue({ subject: 'ada' }, sameDice);
    await expect(again).rejects.toThrow(/^opaque token: taken$/);
    expect(await tokens.verify(token, context)).toMatchObject({ subject: 'ada' });
    // Dice that give too little make no token.
    for (const length of [0, 16, 31, 33]) {
      const short = clockAt().context({ random: () => new Uint8Array(length) });
      await expect(tokens.issue({ subject: 'bob' }, short)).rejects.toThrow('opaque token');
    }
    expect((await tokens.list('bob', {}, context)).tokens).toEqual([]);
  });
});
