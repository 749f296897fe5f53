import { createPublicKey, type JsonWebKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Algorithm, Jwk } from '../../src/jwt/key.ts';
import { EC_CERTIFICATE, RSA_CERTIFICATE } from '../vectors/certificates.ts';
import { madeOnNode } from '../vectors/made-on-node.ts';

/** A public key of somebody's, and all the forms in which it is passed around. */
interface PublicKey {
  readonly alg: Algorithm;
  readonly jwk: Jwk;
  /** As text that says what it is. */
  readonly texts: readonly (readonly [form: string, text: string])[];
  /** As bytes, or as text of bytes, that say nothing. */
  readonly bytes: readonly (readonly [form: string, bytes: string | Uint8Array])[];
}

/** RFC 4251 §5: a length of four bytes before each part. */
const sshParts = (...parts: readonly Uint8Array[]): string =>
  Buffer.concat(
    parts.flatMap((part) => [
      Buffer.from([part.length >>> 24, part.length >>> 16, part.length >>> 8, part.length]),
      part,
    ]),
  ).toString('base64');
const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');
const bytesOf = (text: string | undefined): Buffer => Buffer.from(text as string, 'base64url');
/** A number of SSH: with a zero in front where its first bit is set. */
const mpint = (text: string | undefined): Buffer => Buffer.concat([Buffer.alloc(1), bytesOf(text)]);

/** As in `authorized_keys`. */
function openSsh({ kty, n, e, x, y }: Jwk): string {
  if (kty === 'RSA') return `ssh-rsa ${sshParts(ascii('ssh-rsa'), bytesOf(e), mpint(n))} ada@laptop`;
  if (kty === 'OKP') return `ssh-ed25519 ${sshParts(ascii('ssh-ed25519'), bytesOf(x))} ada@laptop`;
  const point = Buffer.concat([Buffer.from([4]), bytesOf(x), bytesOf(y)]);
  const name = 'ecdsa-sha2-nistp256';
  return `${name} ${sshParts(ascii(name), ascii('nistp256'), point)} ada@laptop`;
}

function publicKey(alg: Algorithm, key: KeyObject, certificate?: string): PublicKey {
  const jwk = key.export({ format: 'jwk' }) as Jwk;
  const pem = key.export({ type: 'spki', format: 'pem' }) as string;
  const der = key.export({ type: 'spki', format: 'der' });
  const ssh = openSsh(jwk);
  const body = ssh.split(' ')[1] as string;
  const isRsa = jwk.kty === 'RSA';
  const pkcs1 = isRsa ? ([['PKCS#1', key.export({ type: 'pkcs1', format: 'pem' }) as string]] as const) : [];
  return {
    alg,
    jwk,
    texts: [
      ['SPKI', pem],
      ['SPKI without line breaks', pem.replaceAll('\n', '')],
      ['SPKI with CRLF', pem.replaceAll('\n', '\r\n')],
      ['SPKI with headers', pem.replace('\n', '\nProc-Type: 4,CLEAR\nComment: "a key"\n\n')],
      ...pkcs1,
      ...(certificate ? ([['a certificate', certificate]] as const) : []),
      ['OpenSSH', ssh],
      [
        'SSH2 (RFC 4716)',
        `---- BEGIN SSH2 PUBLIC KEY ----\nComment: "a key"\n${body}\n---- END SSH2 PUBLIC KEY ----\n`,
      ],
      ['JWK', JSON.stringify(jwk)],
      ['JWK, indented', JSON.stringify({ kid: '1', ...jwk }, null, 2)],
      ['JWK Set', JSON.stringify({ keys: [jwk] })],
    ],
    bytes: [
      ['SPKI as DER', der],
      ['SPKI as DER in base64', der.toString('base64')],
      ...(isRsa ? ([['PKCS#1 as DER', key.export({ type: 'pkcs1', format: 'der' })]] as const) : []),
      ['the number itself', bytesOf(jwk.n ?? jwk.x)],
      ['the number as it is in the JWK', (jwk.n ?? jwk.x) as string],
      ['what OpenSSH writes, alone', body],
      ['nothing', ''],
    ],
  };
}

const ED25519 = madeOnNode.find(({ alg }) => alg === 'Ed25519')?.key as JsonWebKey;

export const publicKeys: readonly PublicKey[] = [
  publicKey('RS256', new X509Certificate(RSA_CERTIFICATE).publicKey, RSA_CERTIFICATE),
  publicKey('PS256', new X509Certificate(RSA_CERTIFICATE).publicKey, RSA_CERTIFICATE),
  publicKey('ES256', new X509Certificate(EC_CERTIFICATE).publicKey, EC_CERTIFICATE),
  publicKey('EdDSA', createPublicKey({ key: ED25519, format: 'jwk' })),
];
