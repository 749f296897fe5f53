import { equal, ok, refuses } from '../expect.ts';
import type { Case, Library } from '../library.ts';
import { at, NOW, SECRET } from '../session-app.ts';

/** RFC 6238, appendix B: 20, 32 and 64 bytes of ASCII digits, as base32. */
const SEEDS = {
  'SHA-1': 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
  'SHA-256': 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA',
  'SHA-512': 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNA',
} as const;
const VECTORS: readonly (readonly [time: number, ...codes: readonly string[]])[] = [
  [59, '94287082', '46119246', '90693936'],
  [1111111109, '07081804', '68084774', '25091201'],
  [1111111111, '14050471', '67062674', '99943326'],
  [1234567890, '89005924', '91819424', '93441116'],
  [2000000000, '69279037', '90698825', '38618901'],
  [20000000000, '65353130', '77737706', '47863826'],
];

/** Of {@link SECRET} and ada; made apart from the library, with node:crypto. */
const SEALED_ON_NODE =
  'BwwRFhsgJSovNDk-en2zjmCywJOqxd3cJ5QqkIJ8aV6k7Ne2OZeOWcNQYDK-0NyTeGPT6W4a4dqJvTmmW5qt4lyfIPtLvhXZPwWm3w9v56xULDDM2fnr76EGDHymyX1lYOUMPc4blg';

const dice = (library: Library) => ({
  ...at(library, 0),
  random: (length: number) => Uint8Array.from({ length }, (_, index) => index * 5 + 7),
});

function make({ totp, memoryStore }: Library, more: object = {}) {
  return totp.totp({ issuer: 'Acme', store: memoryStore.memoryStore(), ...more });
}

export const totpCases: readonly Case[] = [
  ...VECTORS.map(
    ([now, ...codes]): Case => [
      `totp: the codes of RFC 6238 at ${now}, each good once`,
      async (library) => {
        const context = library.core.createContext({ now });
        for (const [index, [algorithm, secret]] of Object.entries(SEEDS).entries()) {
          const factor = make(library, { algorithm, digits: 8, window: 0 });
          equal(await factor.code(secret, context), codes[index]);
          equal(await factor.verify(secret, codes[index], context), { ok: true, step: Math.floor(now / 30) });
          equal(await factor.verify(secret, codes[index], context), { ok: false, reason: 'replayed' });
        }
      },
    ],
  ),

  [
    'totp: a secret is what the dice say; of 100 who submit its code at once one is accepted',
    async (library) => {
      const factor = make(library);
      const { secret, uri } = factor.create('ada@acme.example', dice(library));
      equal(secret, 'A4GBCFQ3EASSULZUHE7EGSCNKJLVYYLG');
      equal(uri, `otpauth://totp/Acme:ada%40acme.example?secret=${secret}&issuer=Acme`);
      const code = await factor.code(secret, at(library, 0));
      const results = await Promise.all(
        Array.from({ length: 100 }, (_, index) =>
          factor.verify(secret, `${code.slice(0, 3)} ${code.slice(3)}`, at(library, index % 30)),
        ),
      );
      equal(
        results.flatMap((result) => (result.ok ? [result.step] : [])),
        [NOW / 30],
      );
    },
  ],

  [
    'totp: hostile codes are answers, hostile secrets defects',
    async (library) => {
      const factor = make(library);
      for (const code of ['', '12345', '1234567', '12345a', '\uff11\uff12\uff13\uff14\uff15\uff16', 123456, null, {}]) {
        equal(await factor.verify(SEEDS['SHA-1'], code), { ok: false, reason: 'malformed' });
      }
      for (const secret of ['', 'GEZDGNBVGY3TQOJQ', `${SEEDS['SHA-1']}1`, `${SEEDS['SHA-1'].slice(1)}\u0131`]) {
        refuses(() => factor.uri(secret, 'ada'), 'secret: base32 of 128 bits');
      }
      refuses(() => make(library, { digits: 7 }), 'digits');
    },
  ],

  [
    'totp: a secret that Node sealed opens here for its subject, and one that is sealed here',
    async (library) => {
      const seal = library.totp.totpSecretSeal({ secret: SECRET });
      const own = await seal.seal(SEEDS['SHA-1'], 'ada');
      for (const sealed of [SEALED_ON_NODE, own]) {
        equal(await seal.open(sealed, 'ada'), SEEDS['SHA-1']);
        const opened = await seal.open(sealed, 'eve').then(
          () => true,
          () => false,
        );
        ok(!opened, 'it opens for eve');
      }
    },
  ],

  [
    'recovery codes: are what the dice say, each good once, however it is typed, for its subject',
    async (library) => {
      const { recoveryCodes, memoryStore } = library;
      const recovery = recoveryCodes.recoveryCodes({ store: memoryStore.memoryStore(), count: 1 });
      const [code = ''] = await recovery.issue('ada', dice(library));
      equal(code, '0W61-25GV-40JJ-MBSM-74Z4-6J2D');
      equal(await recovery.redeem('eve', code), { ok: false, reason: 'invalid' });
      equal(await recovery.redeem('ada', `${code}A`), { ok: false, reason: 'malformed' });
      equal(await recovery.redeem('ada', 'ow6i 25gu\u20134ojj\u00a0mbsm 74z4 6j2d'), { ok: true });
      equal(await recovery.redeem('ada', code), { ok: false, reason: 'invalid' });
      equal(await recovery.remaining('ada'), 0);
    },
  ],

  [
    'recovery codes: ten of them, and new ones end the old',
    async (library) => {
      const { recoveryCodes, memoryStore } = library;
      const recovery = recoveryCodes.recoveryCodes({ store: memoryStore.memoryStore() });
      const old = await recovery.issue('ada');
      const young = await recovery.issue('ada');
      equal([new Set([...old, ...young]).size, await recovery.remaining('ada')], [20, 10]);
      equal((await recovery.redeem('ada', old[0])).ok, false);
      equal((await recovery.redeem('ada', young[0])).ok, true);
    },
  ],
];
