import type { MaybePromise } from '../core/chain.ts';
import type { Context } from '../core/context.ts';
import type { VerificationKey } from './key.ts';

/** What a token's header says, once it is known to be one: nothing in it is believed before a key has been found. */
export interface JwsHeader {
  readonly alg: string;
  readonly kid?: string | undefined;
  readonly typ?: string | undefined;
}

/** Where keys that verify come from: a list that is there, or another server's key set. */
export interface KeySource {
  /**
   * The keys that may have signed a token with this header, all of its algorithm. None: nobody who counts signed it.
   *
   * @throws Where the keys can't be had: an outage, which becomes a 503.
   */
  find(header: JwsHeader, context: Context): MaybePromise<readonly VerificationKey[]>;
}

/** A token whose header names no key is tried with this many at most. */
const MAX_TRIES = 8;

/**
 * Those of some keys that may have signed a token with this header. The key says which algorithm is right, and the token only
 * whether it is of that one (RFC 8725 §3.1). A `kid` is a hint (RFC 7517 §4.5): it rules out keys of other names.
 */
export function selectKeys(keys: readonly VerificationKey[], { alg, kid }: JwsHeader): readonly VerificationKey[] {
  return keys
    .filter((key) => key.algs.includes(alg as never) && (kid === undefined || (key.kid ?? kid) === kid))
    .slice(0, MAX_TRIES);
}
