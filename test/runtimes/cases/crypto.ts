import { equal, ok } from '../expect.ts';
import type { Case } from '../library.ts';
import { base64 } from '../requests.ts';
import { acceptedBy, at, NAME, SECRET, sessionsOf, signIn } from '../session-app.ts';

/** From FIPS 180-4's examples, and the widely published digest of a million times `a`. */
const vectors: readonly (readonly [what: string, text: string, digest: string])[] = [
  ['nothing', '', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['one block', 'abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'two blocks',
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
  ['a million letters', 'a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
];

/** The platform's own digest of the same bytes. */
async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** HMAC-SHA-256 by the platform. */
async function hmac(key: BufferSource, message: string): Promise<string> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const imported = await crypto.subtle.importKey('raw', key, algorithm, false, ['sign']);
  const mac = await crypto.subtle.sign(algorithm, imported, new TextEncoder().encode(message));
  return base64(new Uint8Array(mac)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
}

/** The key that a secret gives for a purpose, as text. */
async function keyFor(purpose: string): Promise<string> {
  return hmac(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(SECRET)), purpose);
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64url.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

export const cryptoCases: readonly Case[] = [
  ...vectors.map(
    ([what, text, expected]): Case => [
      `sha256: ${what}`,
      (library) => {
        equal(library.crypto.sha256(text), expected);
        equal(library.crypto.sha256(new TextEncoder().encode(text)), expected);
      },
    ],
  ),

  [
    'sha256: agrees with WebCrypto at every length around a block',
    async (library) => {
      const noise = crypto.getRandomValues(new Uint8Array(200));
      for (let length = 0; length <= noise.length; length++) {
        const bytes = noise.slice(0, length);
        equal(library.crypto.sha256(bytes), await digest(bytes), `${length} bytes:`);
      }
    },
  ],

  [
    'sha256: agrees with WebCrypto on any text: beyond ASCII, beyond U+FFFF, half a character',
    async (library) => {
      for (const text of ['\0', 'p\u00e4ss', '\u{1f511}\u4e2d', 'e\u0301', '\ufeffx', '\ud800', 'a\udc00b', '\r\n']) {
        equal(library.crypto.sha256(text), await digest(new TextEncoder().encode(text)), JSON.stringify(text));
      }
    },
  ],

  [
    'sha256: takes a view of bytes for what it shows',
    async (library) => {
      const whole = crypto.getRandomValues(new Uint8Array(64));
      equal(library.crypto.sha256(whole.subarray(10, 20)), await digest(whole.slice(10, 20)));
    },
  ],

  [
    'constantTimeEqual: equal is equal, and nothing else is',
    (library) => {
      const { constantTimeEqual, constantTimeEqualBytes, sha256 } = library.crypto;
      const digests = [sha256('a'), sha256('b')] as const;
      ok(constantTimeEqual(digests[0], sha256('a')), 'equal digests differ');
      ok(!constantTimeEqual(...digests), 'digests of different texts are equal');
      const pairs = [
        ['', 'a'],
        ['a', 'ab'],
        ['ab', 'aB'],
        ['\u0142', 'B'],
        ['a\0', 'a'],
      ] as const;
      for (const [one, other] of pairs) ok(!constantTimeEqual(one, other), `${one} equals ${other}`);
      ok(constantTimeEqual('', '') && constantTimeEqual('\u0142', '\u0142'), 'equal texts differ');
      ok(constantTimeEqualBytes(new Uint8Array([1, 2]), new Uint8Array([1, 2])), 'equal bytes differ');
      ok(!constantTimeEqualBytes(new Uint8Array([1, 2]), new Uint8Array([1, 3])), 'different bytes are equal');
      ok(!constantTimeEqualBytes(new Uint8Array([1]), new Uint8Array([1, 0])), 'different lengths are equal');
    },
  ],

  [
    'stored session: the end of its cookie is the HMAC that WebCrypto makes',
    async (library) => {
      const key = new TextEncoder().encode(await keyFor('stored session session'));
      const sessions = sessionsOf(library, 'stored session');
      for (let round = 0; round < 20; round++) {
        const cookie = (await signIn(sessions, at(library, 0))).get(NAME) ?? '';
        equal(cookie.slice(-43), await hmac(key, cookie.slice(0, -43)));
      }
    },
  ],

  [
    'sealed session: WebCrypto opens its cookie, and finds what is in it',
    async (library) => {
      const key = await crypto.subtle.importKey(
        'raw',
        bytesOf(await keyFor('sealed session session')),
        'AES-GCM',
        false,
        ['decrypt'],
      );
      const sessions = sessionsOf(library, 'sealed session');
      for (const data of ['', 'a', 'ab', 'zo\u00eb', '\u{1f511}']) {
        const cookies = await signIn(sessions, at(library, 0), data);
        // Behind the number of cookies: the nonce, then what is sealed with its tag.
        const sealed = bytesOf(cookies.get(NAME)?.slice(1) ?? '');
        const algorithm = { name: 'AES-GCM', iv: sealed.slice(0, 12) };
        const text = new TextDecoder().decode(await crypto.subtle.decrypt(algorithm, key, sealed.slice(12)));
        const { session } = await acceptedBy(sessions, cookies, at(library, 1));
        const [details, id, subject] = JSON.parse(text);
        equal([details.data, id, subject], [data, session.id, 'ada']);
      }
    },
  ],
];
