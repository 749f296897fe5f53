/**
 * Keys of other servers: from the URL of a JWK Set, or found from an issuer's URL.
 *
 * @module countersign/remote-keys
 */
export { type DiscoveredKeysOptions, discoveredKeys } from './discovered-keys.ts';
export type { Fetch } from './fetch-json.ts';
export type { KeyCache, RemoteKeysOptions } from './fetched-keys.ts';
export type { Algorithm, Jwk, VerificationKey } from './key.ts';
export type { JwsHeader, KeySource } from './key-source.ts';
export { remoteKeys } from './remote-keys.ts';
