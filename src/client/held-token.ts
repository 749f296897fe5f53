/** An access token in memory. */
export interface HeldToken {
  readonly token: string;
  /** In seconds since 1970, by the clock of this machine. */
  readonly expiresAt: number;
  /** How long before that it is refreshed, in seconds. */
  readonly margin: number;
}

/** How long before its end a token is refreshed, in seconds: for as long a request may be on its way. At most a tenth of its life. */
const MARGIN = 30;

/**
 * The access token of an answer.
 *
 * @param at When it was asked for: it may have been on its way for long.
 * @throws TypeError Where it has none that can stand in `Authorization: Bearer`; there a platform would quote it in its error.
 */
export function heldTokenOf(
  { access_token: token, token_type: type = 'Bearer', expires_in = Infinity }: Readonly<Record<string, unknown>>,
  at: number,
): HeldToken {
  const life = Number(expires_in);
  if (typeof token !== 'string' || !/^bearer [\w.~+/-]+=*$/i.test(`${type} ${token}`) || !(life > 0)) {
    throw new TypeError('no token');
  }
  return { token, expiresAt: at + life, margin: Math.min(MARGIN, life / 10) };
}
