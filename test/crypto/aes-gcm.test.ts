import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { aesGcm, type TextSeal } from '../../src/crypto/aes-gcm.ts';
import { withoutNodeCrypto } from './without-node-crypto.ts';

const KEY = randomBytes(32).toString('base64url');
const TEXTS = ['', 'a', 'ab', 'abc', '\0', '["ada",{"cart":[1,2]}]', 'ü€\u{1f511}', 'x'.repeat(4096), '€'.repeat(5000)];
/** Of nonce and tag, in characters. */
const NONCE = 16;
const TAG = 22;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Both ways to open: Node's, at once, and WebCrypto's. */
function bothWays(key = KEY): readonly [now: TextSeal, later: TextSeal] {
  return [aesGcm(key), withoutNodeCrypto(() => aesGcm(key))];
}
const WAYS = bothWays();
const [NOW, LATER] = WAYS;

/** What both ways answer. It must be one answer, and each way the one that it is taken for. */
async function open(sealed: string, [now, later] = WAYS): Promise<string | undefined> {
  const [atOnce, promised] = [now.open(sealed), later.open(sealed)];
  const opened = await promised;
  // What is no base64url is refused at once in any case.
  expect([atOnce instanceof Promise, promised instanceof Promise]).toEqual([false, promised !== undefined]);
  expect(opened, `by WebCrypto, of ${JSON.stringify(sealed.slice(0, 200))}`).toBe(await atOnce);
  return opened;
}

const seal = (text: string): Promise<string> => NOW.seal(text, randomBytes(12));

/** Another character at that place, whose first bit differs: the last bits of a last character may mean nothing. */
function changedAt(text: string, index: number): string {
  const other = ALPHABET[ALPHABET.indexOf(text[index] as string) ^ 32];
  return text.slice(0, index) + other + text.slice(index + 1);
}

describe('what is sealed', () => {
  it.each(TEXTS)('opens, whoever sealed it: %#', async (text) => {
    for (const by of [NOW, LATER]) expect(await open(await by.seal(text, randomBytes(12)))).toBe(text);
  });

  it('is the case of the GCM specification: cases 13 and 14 of its appendix B', async () => {
    const [zeros, nonce] = [Buffer.alloc(32).toString('base64url'), new Uint8Array(12)];
    for (const [text, sealed] of [
      ['', '530f8afbc74536b9a963b4f1c4cb738b'],
      ['\0'.repeat(16), 'cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919'],
    ] as const) {
      const expected = Buffer.concat([nonce, Buffer.from(sealed, 'hex')]).toString('base64url');
      const ways = bothWays(zeros);
      for (const by of ways) expect(await by.seal(text, nonce)).toBe(expected);
      expect(await open(expected, ways)).toBe(text);
    }
  });

  it('is what Node seals and opens, with any key', async () => {
    for (const text of TEXTS) {
      const [key, nonce] = [randomBytes(32), randomBytes(12)];
      const ways = bothWays(key.toString('base64url'));
      const sealed = await ways[0].seal(text, nonce);
      expect(openByNode(key, sealed)).toBe(text);
      const byNode = sealByNode(key, nonce, text);
      expect(byNode).toBe(sealed);
      expect(await open(byNode, ways)).toBe(text);
    }
  });

  it('shows nothing of the text but its length', async () => {
    const sealed = await seal('ada ada ada ad');
    expect(sealed).toMatch(/^[\w-]+$/);
    expect(sealed).toHaveLength(56);
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toMatch(/ada/);
    expect(await seal('ada ada ada ad')).not.toBe(sealed);
  });

  it('leaves the nonce as it was', async () => {
    const nonce = new Uint8Array(randomBytes(12));
    const before = nonce.slice();
    await open(await NOW.seal('a text..', nonce));
    expect(nonce).toEqual(before);
  });
});

describe('nothing else opens, and nothing throws:', () => {
  it('a text of which any one character is another', async () => {
    for (const text of ['ab', '["ada",{"cart":[1,23]}]']) {
      const sealed = await seal(text);
      for (let index = 0; index < sealed.length; index++) expect(await open(changedAt(sealed, index))).toBeUndefined();
      expect(await open(sealed)).toBe(text);
    }
  });

  it('a text that is cut anywhere, at its end or at its beginning', async () => {
    const sealed = await seal('["ada",{"cart":[1,23]}]');
    for (let length = 0; length < sealed.length; length++) {
      expect(await open(sealed.slice(0, length))).toBeUndefined();
      expect(await open(sealed.slice(sealed.length - length))).toBeUndefined();
    }
  });

  it('a text that is longer by bytes, in front, behind or twice', async () => {
    for (const text of TEXTS.slice(0, 4)) {
      const sealed = await seal(text);
      for (const other of [`${sealed}AAAA`, `${sealed}${'_'.repeat(400)}`, `AAAA${sealed}`, sealed + sealed]) {
        expect(await open(other)).toBeUndefined();
      }
    }
  });

  it('a text put together from two', async () => {
    const [one, other] = [await seal('amount: 12.'), await seal('amount: 92.')];
    // Nonce, body and tag of either: all mixtures but the two that are whole.
    for (const mix of ['001', '010', '011', '100', '101', '110']) {
      const from = [...mix].map((digit) => [one, other][Number(digit)] as string);
      const parts = [from[0]?.slice(0, NONCE), from[1]?.slice(NONCE, -TAG), from[2]?.slice(-TAG)];
      expect(await open(parts.join('')), mix).toBeUndefined();
    }
  });

  it('a text of another key', async () => {
    expect(await open(await seal('text.'), bothWays(randomBytes(32).toString('base64url')))).toBeUndefined();
  });

  it('another spelling of a text that was sealed', async () => {
    let seen = 0;
    for (let round = 0; round < 50; round++) {
      const sealed = await seal('["ada",{"cart":[1,23]}]');
      const spellings = [
        sealed.replaceAll('-', '+'),
        sealed.replaceAll('_', '/'),
        sealed.replace('-', '+'),
        `${sealed}=`,
        `${sealed}====`,
        `${sealed.slice(0, 20)} ${sealed.slice(20)}`,
        `${sealed.slice(0, 20)}\n${sealed.slice(20)}`,
        `${sealed.slice(0, 20)}!!!!${sealed.slice(20)}`,
        `${sealed}....`,
      ];
      for (const other of spellings.filter((each) => each !== sealed)) {
        seen++;
        expect(await open(other), JSON.stringify(other)).toBeUndefined();
      }
    }
    expect(seen).toBeGreaterThan(300);
  });

  it.each([
    '',
    'A',
    'A'.repeat(16),
    'A'.repeat(37),
    'A'.repeat(38),
    'A'.repeat(39),
    'A'.repeat(40),
    'A'.repeat(100),
    '!'.repeat(100),
    '\0',
    '\0'.repeat(100),
    ' '.repeat(100),
    '='.repeat(100),
    'ü€\u{1f511}\ud800'.repeat(30),
    '{"alg":"none"}',
    '__proto__',
    'A'.repeat(1_000_000),
    '!'.repeat(1_000_000),
  ])('a text that was never sealed: %#', async (text) => {
    expect(await open(text)).toBeUndefined();
  });

  it('a megabyte of which one character is another', async () => {
    const nonce = randomBytes(12);
    const sealed = sealByNode(Buffer.from(KEY, 'base64url'), nonce, 'x'.repeat(750_002));
    expect(await open(sealed)).toHaveLength(750_002);
    expect(await open(changedAt(sealed, 500_000))).toBeUndefined();
  });

  it.each(['!', '\0', '\u00e9', '\u00ff', '=A', '.'])('a text in which %j stands', async (junk) => {
    const sealed = await seal('ab');
    for (const at of [0, 8, 20, 37]) {
      expect(await open(sealed.slice(0, at) + junk + sealed.slice(at + junk.length))).toBeUndefined();
    }
  });
});

function sealByNode(key: Buffer, nonce: Buffer, text: string): string {
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

function openByNode(key: Buffer, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAuthTag(bytes.subarray(-16));
  return decipher.update(bytes.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8');
}
