import { CLAIMS, madeOnNode } from '../../vectors/made-on-node.ts';
import { rfc7515 } from '../../vectors/rfc7515.ts';
import { rfc7520 } from '../../vectors/rfc7520.ts';
import { rfc8037 } from '../../vectors/rfc8037.ts';
import { thumbprints } from '../../vectors/thumbprints.ts';
import { equal, ok } from '../expect.ts';
import type { Case, Library } from '../library.ts';
import { at } from '../session-app.ts';

type Key = ReturnType<Library['jwt']['importJwk']>;

const formatOf = ({ jwt }: Library, keys: Key) => jwt.jwt({ issuer: CLAIMS.iss, audience: CLAIMS.aud, keys });
/** Another character at that place. */
const changedAt = (token: string, index: number): string =>
  token.slice(0, index) + (token[index] === 'A' ? 'B' : 'A') + token.slice(index + 1);

/** A public key in PEM, as OpenSSL writes it, and the thumbprint of it. */
const PEM = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7
6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==
-----END PUBLIC KEY-----
`;

export const jwtCases: readonly Case[] = [
  ...madeOnNode.flatMap(({ alg, key, token }): readonly Case[] => [
    [
      `jwt: ${alg}: a token that was made on Node is good, and with a character changed it is not`,
      async (library) => {
        const tokens = formatOf(library, library.jwt.importJwk(key, alg));
        const found = await tokens.verify(token, at(library, 1));
        ok(typeof found === 'object', `it is ${found}`);
        equal(found.principal, CLAIMS);
        equal([found.subject, found.scopes, found.expiresAt], ['ada', ['files:read'], CLAIMS.exp]);
        equal(await tokens.verify(token, at(library, 400)), 'expired');
        const [first, second] = [token.indexOf('.'), token.lastIndexOf('.')];
        for (const index of [9, first + 60, second + 1, second + 20, token.length - 9]) {
          const result = await tokens.verify(changedAt(token, index), at(library, 1));
          ok(result === 'invalid' || result === 'malformed', `changed at ${index} it is ${typeof result} ${result}`);
        }
        for (const other of [
          `${token}=`,
          `${token} `,
          token.slice(0, -1),
          token.slice(0, second + 1),
          `${token}AAAA`,
        ]) {
          equal(await tokens.verify(other, at(library, 1)), 'invalid');
        }
      },
    ],
    [
      `jwt: ${alg}: what is signed here is good here, by the public key`,
      async (library) => {
        const key_ = library.jwt.importPrivateJwk({ ...key, kid: 'one' }, alg);
        const claims = { iss: CLAIMS.iss, aud: CLAIMS.aud, sub: 'Zoë' };
        const token = await library.jwt.signJwt(key_, claims, { expiresIn: 60 }, at(library, 0));
        const tokens = formatOf(library, key_.publicJwk ? library.jwt.importJwk(key_.publicJwk) : key_);
        const found = await tokens.verify(token, at(library, 1));
        ok(typeof found === 'object', `it is ${found}`);
        equal(found.subject, 'Zoë');
        equal(await tokens.verify(changedAt(token, token.length - 9), at(library, 1)), 'invalid');
      },
    ],
  ]),

  [
    'jwt: the signatures that the RFCs print are good, and made where an algorithm has one answer',
    async ({ jwt }) => {
      for (const { section, alg, key, input, signature, isDeterministic } of [...rfc7515, ...rfc7520, ...rfc8037]) {
        equal(await jwt.importJwk(key, alg).verify(input, signature), true, section);
        equal(await jwt.importJwk(key, alg).verify(`${input}A`, signature), false, section);
        const signed = await jwt.importPrivateJwk(key, alg).sign(input);
        equal(signed === signature, isDeterministic, section);
      }
    },
  ],

  [
    'jwt: signatures of zeros and of other lengths are answered, and not good',
    async ({ jwt }) => {
      for (const { alg, key, token } of madeOnNode) {
        const verifier = jwt.importJwk(key, alg);
        const [, , signature] = token.split('.') as [string, string, string];
        const others = ['', 'AA', 'A'.repeat(signature.length), signature.slice(4), `${signature}AAAA`, 'é', '\0'];
        for (const other of others) equal(await verifier.verify('text', other), false, `${alg}: ${other}`);
      }
    },
  ],

  [
    'jwt: thumbprints are those of the RFCs',
    ({ jwt }) => {
      for (const { section, key, thumbprint } of thumbprints) equal(jwt.thumbprint(key), thumbprint, section);
    },
  ],

  [
    'jwt: a key in PEM is the JWK of that key, and another is refused',
    async ({ jwt }) => {
      const made = madeOnNode.find(({ alg }) => alg === 'ES256');
      const { kty, crv, x, y, alg } = await jwt.pemToJwk(PEM, 'ES256');
      equal({ kty, crv, x, y, alg }, { kty: 'EC', crv: 'P-256', x: made?.key.x, y: made?.key.y, alg: 'ES256' });
      for (const [pem, name] of [
        [PEM, 'RS256'],
        [PEM.replace('MFkw', 'MFkx'), 'ES256'],
        ['', 'ES256'],
      ] as const) {
        const refused = await jwt.pemToJwk(pem, name).catch((error: unknown) => error);
        ok(refused instanceof TypeError && refused.message.startsWith('pem: '), `${refused} for ${name}`);
      }
    },
  ],

  [
    'jwt: keys are generated, sign and verify',
    async (library) => {
      const { jwt } = library;
      for (const alg of ['HS512', 'RS256', 'ES384', 'Ed25519'] as const) {
        const key = jwt.importPrivateJwk(await jwt.generateJwk(alg));
        equal(await key.verify('text', await key.sign('text')), true, alg);
        equal(await key.verify('texts', await key.sign('text')), false, alg);
      }
    },
  ],
];
