import type { MaybePromise } from '../core/chain.ts';

/** The signature algorithms (RFC 7518 §3.1, RFC 8037, RFC 9864). `EdDSA` is the older name of `Ed25519`. */
export type Algorithm =
  | 'HS256'
  | 'HS384'
  | 'HS512'
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'Ed25519'
  | 'EdDSA';

/** A key that verifies. It is of one algorithm, and nothing that a token says can make it another. */
export interface VerificationKey {
  /** The names of its algorithm: one, but for Ed25519, which has two. The first is written into tokens. */
  readonly algs: readonly [Algorithm, ...Algorithm[]];
  readonly kid: string | undefined;
  /** The public key, to be published; `undefined` for a shared secret. */
  readonly publicJwk: Jwk | undefined;
  /**
   * Whether the signature, as base64url, is this key's on that text of ASCII. A signature in another spelling is not.
   *
   * @throws Where the platform can't use the key: an outage, not a bad token.
   */
  verify(input: string, signature: string): MaybePromise<boolean>;
}

/** A key that signs, and verifies what it signed. */
export interface SigningKey extends VerificationKey {
  /** @returns The signature of a text of ASCII, as base64url. */
  sign(input: string): Promise<string>;
}

/** A JSON Web Key (RFC 7517), as far as it is used here; other members are ignored. */
export interface Jwk {
  readonly kty?: string | undefined;
  readonly alg?: string | undefined;
  readonly kid?: string | undefined;
  readonly use?: string | undefined;
  readonly key_ops?: readonly string[] | undefined;
  readonly crv?: string | undefined;
  readonly n?: string | undefined;
  readonly e?: string | undefined;
  readonly x?: string | undefined;
  readonly y?: string | undefined;
  readonly k?: string | undefined;
  readonly d?: string | undefined;
  readonly p?: string | undefined;
  readonly q?: string | undefined;
  readonly dp?: string | undefined;
  readonly dq?: string | undefined;
  readonly qi?: string | undefined;
}
