import type { Context, RequestLike } from '../core/context.ts';
import { encodeBase64url } from '../crypto/base64url.ts';
import { readCookie } from '../http/cookie.ts';
import { formatSetCookie } from '../http/set-cookie.ts';

const NAME = '__Host-Http-device';
const FORM = /^[\w-]{22}$/;

/**
 * What a browser is known by that has signed in before: it lets the owner of an account in while strangers guess at it. It opens
 * nothing, and is nothing to who has no password.
 */
export interface Device {
  readonly id: string;
  /** For a browser that has none: set once it has signed in. */
  readonly cookie: string | undefined;
}

export function deviceOf({ headers }: RequestLike, context: Context): Device {
  const known = readCookie(headers.get('cookie'), NAME);
  if (known !== undefined && FORM.test(known)) return { id: known, cookie: undefined };
  const id = encodeBase64url(context.random(16));
  const cookie = formatSetCookie({
    name: NAME,
    value: id,
    path: '/',
    maxAge: 400 * 86_400,
    secure: true,
    httpOnly: true,
    sameSite: 'lax',
  });
  return { id, cookie };
}
