import { isText, mayBe } from './claim-types.ts';

/** Takes tokens that were meant for others, which whoever received one may then use here. For tests, and for old issuers. */
export const UNSAFE_ANY_AUDIENCE: unique symbol = /* @__PURE__ */ Symbol('any audience');

/**
 * Whom tokens must be meant for: a name, one of several names, or a protected resource, which is its own. The name is compared
 * as it is, with no slash or case forgiven (RFC 7519 §4.1.3).
 */
export type Audience =
  | string
  | readonly [string, ...string[]]
  | { readonly resource: string }
  | typeof UNSAFE_ANY_AUDIENCE;

/** @throws TypeError Where it is left out, empty, or `undefined` from an environment that lacks it. */
export function audienceCheck(audience: Audience): (aud: unknown) => boolean {
  const names = [(audience as { readonly resource?: string } | undefined)?.resource ?? audience].flat() as unknown[];
  if (!names.length || names.some((name) => !name)) throw new TypeError('audience: needed');
  const isAny = audience === UNSAFE_ANY_AUDIENCE;
  return (aud) => {
    // A number among them is no audience, and no token either.
    if (Array.isArray(aud)) return aud.every(isText) && (isAny || aud.some((name) => names.includes(name)));
    return isAny ? mayBe(aud, isText) : names.includes(aud);
  };
}
