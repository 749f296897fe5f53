import { assertNoOthers } from '../core/assert-no-others.ts';
import type { Context } from '../core/context.ts';
import { readCookies } from '../http/cookie.ts';
import { formatSetCookie } from '../http/set-cookie.ts';

export interface RefreshCookieOptions {
  /** Default `__Secure-refresh`. No `__Host-` name: those cookies go to every page of the origin. */
  readonly name?: string | undefined;
  /** Default `strict`: a page of this site refreshes, and no link from elsewhere does. */
  readonly sameSite?: 'strict' | 'lax' | 'none' | undefined;
}

/** The cookie of a refresh token, for the endpoints and nobody else. */
export interface RefreshCookie {
  /** What a browser sent: those that we made. Others of the name were planted by a sibling domain, or are long gone. */
  find(request: Request, context: Context): readonly string[];
  isIn(request: { readonly headers: { get(name: string): string | null } }): boolean;
  /** @param maxAge In seconds; 0 removes it. */
  write(token: string, maxAge: number): string;
}

/**
 * @param path Where the endpoints are.
 * @throws TypeError On a name or attribute that browsers would drop.
 */
export function refreshCookie(
  path: string,
  isOurs: (token: string, context: Context) => boolean,
  { name = '__Secure-refresh', sameSite = 'strict', ...others }: RefreshCookieOptions = {},
): RefreshCookie {
  assertNoOthers(others);
  const write = (value: string, maxAge: number): string =>
    formatSetCookie({ name, value, path, maxAge, secure: true, httpOnly: true, sameSite });
  try {
    write('', 0);
  } catch (error) {
    throw new TypeError(`cookie: ${(error as Error).message}`);
  }
  const read = (header: string | null): readonly string[] => readCookies(header, name).filter((value) => value);
  return {
    find: ({ headers }, context) => read(headers.get('cookie')).filter((value) => isOurs(value, context)),
    isIn: ({ headers }) => read(headers.get('cookie')).length > 0,
    write,
  };
}
