/**
 * What an authenticator of one's own needs to keep a secret: hash it, and compare hashes without telling how far they agree.
 *
 * @module countersign/crypto
 */
export { constantTimeEqual } from './constant-time-equal.ts';
export { constantTimeEqualBytes } from './constant-time-equal-bytes.ts';
export { sha256 } from './sha256.ts';
