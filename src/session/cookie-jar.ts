import { chain, type MaybePromise } from '../core/chain.ts';
import type { Context } from '../core/context.ts';
import type { Effect } from '../core/effects.ts';
import { type Rejected, type RejectReason, reject } from '../core/outcome.ts';
import { readCookies } from '../http/cookie.ts';
import type { CookieOptions } from './types.ts';

/**
 * What a cookie says, or why it says nothing.
 *
 * @param age Which of the jar's names it has: 0 is the present one.
 */
export type Open<T extends object> = (
  value: string,
  age: number,
  context: Context,
  header: string | null,
) => MaybePromise<T | RejectReason>;

/** Reads and writes the cookies of one kind of session. */
export interface CookieJar {
  /**
   * Finds the cookie that holds. Several of one name may arrive, some of them planted: the one whose seal holds counts, and
   * of two that hold neither, since nobody can have signed in as both. An earlier name counts where the present one has
   * nothing.
   *
   * @param open Asked at most eight times a name.
   * @returns What it says; a refusal, which clears what says nothing; `undefined` where there is no such cookie.
   */
  find<T extends object>(
    header: string | null,
    open: Open<T>,
    context: Context,
  ): MaybePromise<T | Rejected | undefined>;
  /**
   * Sets the cookie, and clears those that it replaces.
   *
   * @param maxAge In seconds; left out, until the browser is closed.
   * @param suffix Of the name, for a chunk.
   */
  write(value: string, maxAge: number | undefined, suffix?: string): Effect[];
  /** Removes the cookies of every name it has or had, with the chunks that the request shows. */
  clear(header: string | null): Effect[];
}

/**
 * @param suffixes Of names that are removed along with a name, since the request shows them.
 * @throws TypeError On a name or an attribute that browsers would drop, or that would start an attribute of its own.
 */
export function cookieJar(
  scheme: string,
  { name = `__Host-Http-${scheme}`, sameSite = 'lax', domain, partitioned, previous = [] }: CookieOptions = {},
  suffixes: (header: string | null, name: string) => readonly string[] = () => [''],
): CookieJar {
  const cookies = [{ name, domain }, ...previous];
  const site = { strict: 'Strict', lax: 'Lax', none: 'None' }[sameSite];
  // A name that begins with `__Host-` promises browsers that there is no Domain; they drop it otherwise.
  const good = /^(?!__host-[^;]*;[^;])[!#$%&'*+.^`|~\w-]{1,99};([a-z\d-]+(\.|(?=;)))*;[\w-]+$/i;
  if (!site || !cookies.every((each) => good.test(`${each.name};${each.domain ?? ''};${scheme}`))) {
    throw new TypeError('cookie: bad name, domain or sameSite');
  }

  const line = (value: string, key: string, host?: string, maxAge?: number): Effect => ({
    header: 'set-cookie',
    // All of it stands on a removal too: a browser keeps a prefixed cookie that is removed without `Secure` and `Path`.
    value: `${key}=${value}; Path=/; Secure; HttpOnly; SameSite=${site}${maxAge === undefined ? '' : `; Max-Age=${maxAge}`}${host ? `; Domain=${host}` : ''}${partitioned ? '; Partitioned' : ''}`,
    key,
  });
  const clear = (header: string | null, from = 0): Effect[] =>
    cookies
      .slice(from)
      .flatMap((each) => suffixes(header, each.name).map((suffix) => line('', each.name + suffix, each.domain, 0)));

  return {
    find<T extends object>(header: string | null, open: Open<T>, context: Context) {
      const search = (
        index: number,
        values: readonly string[],
        reason?: RejectReason,
        held?: T,
      ): MaybePromise<T | Rejected | undefined> => {
        const [value, ...rest] = values;
        if (value === undefined) {
          const next = cookies[index + 1];
          if (held) return held;
          return next
            ? search(index + 1, readCookies(header, next.name), reason)
            : reason && reject(scheme, reason, context.deliverable === false ? {} : { effects: clear(header) });
        }
        return chain(open(value, index, context, header), (opened) => {
          if (typeof opened === 'string') return search(index, rest, reason ?? opened, held);
          // Not cleared: which of the two is the user's own can't be seen, and the wrong one would stay.
          return held ? reject(scheme, 'malformed') : search(index, rest, reason, opened);
        });
      };
      return search(0, readCookies(header, name));
    },
    write: (value, maxAge, suffix = '') => [...clear(null, 1), line(value, name + suffix, domain, maxAge)],
    clear,
  };
}
