import type { Context } from '../core/context.ts';
import { constantTimeEqual } from '../crypto/constant-time-equal.ts';
import { hmacSha256 } from '../crypto/hmac-sha256.ts';
import { keyring } from '../crypto/keyring.ts';
import type { RefreshTokensOptions } from './refresh-token-types.ts';
import { type FamilyDetails, keyOfGeneration } from './token-family.ts';

/** What a refresh token says, once its tag is known to be ours. */
export interface ParsedRefreshToken {
  readonly key: string;
  readonly partition: string;
  /** The family's id. */
  readonly id: string;
  readonly generation: number;
  readonly proof: string;
}

type Mac = (message: string) => string;

/**
 * The text of a refresh token, all of it fit for a cookie:
 *
 * ```text
 * refresh_1 . name of the secret . partition 12, family 22 . generation (base 36) . proof 43 . tag 43
 * ```
 *
 * The proof is an HMAC-SHA-256 over what is before it and the family's salt. The tag is one over all that, under another key, so
 * that what we have not made is told without a look-up. A leaked secret makes tags and no proof; a leaked table neither.
 */
export interface RefreshTokenFormat {
  /** The name of the secret that new generations are under. */
  readonly firstKey: string;
  /** @returns `undefined` for what was not made with one of the secrets. Asks no store. */
  parse(token: string, context: Context): ParsedRefreshToken | undefined;
  /** Whether its proof is the one of this family, and under the secret that this generation of it is under. */
  holds(token: ParsedRefreshToken, details: FamilyDetails, context: Context): boolean;
  /** The token of the family's present generation: the same for everyone who is owed it. */
  tokenOf(partition: string, id: string, details: FamilyDetails, context: Context): string;
}

/** @throws TypeError On no secret, a bad name, and a secret under 32 bytes; of one that is a function, when it is called. */
export function refreshTokenFormat(
  prefix: string,
  secrets: RefreshTokensOptions<never, never>['secrets'],
): RefreshTokenFormat {
  const begin = `${prefix}_1.`;
  const rings = new Map<string, (context: Context) => readonly { readonly proof: Mac; readonly tag: Mac }[]>();
  for (const [name, secret] of Object.entries(secrets ?? {})) {
    // Names that are numbers are listed first, whatever the order they were written in.
    if (!/^[a-z][a-z0-9]{0,15}$/.test(name)) {
      throw new TypeError('secrets: named by a lower-case letter, then letters and digits');
    }
    const proofs = keyring<Mac, Context>(secret, `refresh token proof ${prefix}`, hmacSha256);
    const tags = keyring<Mac, Context>(secret, `refresh token tag ${prefix}`, hmacSha256);
    rings.set(name, (context) => {
      const tagMacs = tags(context);
      return proofs(context).map((proof, index) => ({ proof, tag: tagMacs[index] as Mac }));
    });
  }
  const [firstKey] = rings.keys();
  if (firstKey === undefined) throw new TypeError('secrets: needs one');
  const form = new RegExp(
    `^${begin}([a-z][a-z0-9]{0,15})\\.([\\w-]{12})([\\w-]{22})\\.(0|[1-9a-z][0-9a-z]{0,7})\\.([\\w-]{43})\\.([\\w-]{43})$`,
  );
  const headOf = (key: string, partition: string, id: string, generation: number): string =>
    `${begin}${key}.${partition}${id}.${generation.toString(36)}.`;

  return {
    firstKey,

    parse(token, context) {
      // Length first: a text of a megabyte is not searched.
      const [, key = '', partition = '', id = '', generation = '', proof = '', tag = ''] =
        (token.length < 200 && form.exec(token)) || [];
      const signed = token.slice(0, -44);
      const isOurs = rings
        .get(key)?.(context)
        .some((each) => constantTimeEqual(tag, each.tag(signed)));
      return isOurs ? { key, partition, id, generation: parseInt(generation, 36), proof } : undefined;
    },

    holds({ key, partition, id, generation, proof }, details, context) {
      // Else whoever has a table, and a secret that was retired for having leaked, could make tokens of every family.
      if (key !== keyOfGeneration(details, generation)) return false;
      const message = headOf(key, partition, id, generation) + details.salt;
      return !!rings
        .get(key)?.(context)
        .some((each) => constantTimeEqual(proof, each.proof(message)));
    },

    tokenOf(partition, id, { key, generation, salt }, context) {
      const [macs] = rings.get(key)?.(context) ?? [];
      // Of a server whose configuration is behind. To refuse here would sign the user out.
      if (!macs) throw new Error('refresh token: a secret of that name is not configured here');
      const head = headOf(key, partition, id, generation);
      const body = `${head}${macs.proof(head + salt)}`;
      return `${body}.${macs.tag(body)}`;
    },
  };
}
