import type { Algorithm, Jwk } from '../../src/jwt/key.ts';

/** A published signature: facts, carried over from the RFC that is named, and held against node:crypto by the test. */
export interface JwsVector {
  readonly section: string;
  readonly alg: Algorithm;
  /** Private, as published. */
  readonly key: Jwk;
  /** What is signed: header and payload. */
  readonly input: string;
  readonly signature: string;
  /** Whether whoever signs that text with that key gets that signature. */
  readonly isDeterministic: boolean;
}
