import { parseMediaType } from '../http/media-type.ts';
import { problem } from './problem.ts';
import type { SignInError } from './sign-in-types.ts';

const NO_STORE = { 'cache-control': 'no-store' } as const;

const DETAILS: Readonly<Record<SignInError, string>> = {
  invalid_credentials: 'That is no account of ours, or not its password.',
  invalid_code: 'That is not the code.',
  too_many_attempts: 'Too many attempts. Wait, then try again.',
  expired: 'That took too long. Sign in again.',
  wrong_password: 'That is not the password.',
  unacceptable_password: 'That cannot be a new password.',
  changed_meanwhile: 'The password was changed meanwhile.',
};

/** A browser's form: it is sent on to a page. */
export function isForm(request: Request): boolean {
  const { type, subtype } = parseMediaType(request.headers.get('content-type') ?? '') ?? {};
  return `${type}/${subtype}` === 'application/x-www-form-urlencoded';
}

/** 303: whatever was posted is not posted again by "back" or "reload". */
export function redirect(location: string): Response {
  return new Response(null, { status: 303, headers: { ...NO_STORE, location } });
}

export interface Refused {
  readonly error: SignInError;
  readonly status: 400 | 401 | 403 | 409 | 429;
  /** For a new password: what is wrong with it. */
  readonly reason?: string | undefined;
  /** In seconds. */
  readonly retryAfter?: number | undefined;
  readonly challenges?: readonly string[] | undefined;
}

/**
 * A refusal: a form goes back to its page, a program gets problem details. Both wait as long where there were too many attempts.
 *
 * @param page Where a form goes back to; its query is kept.
 */
export function refused(
  request: Request,
  page: string,
  { error, status, reason, retryAfter, challenges = [] }: Refused,
): Response {
  const wait = retryAfter === undefined ? undefined : { 'retry-after': `${retryAfter}` };
  // Not sent on: a 303 has no way to say when to come again.
  if (isForm(request) && status !== 429) {
    const [path = '', query = ''] = page.split('?');
    const params = new URLSearchParams(query);
    params.set('error', error);
    if (reason) params.set('reason', reason);
    return redirect(`${path}?${params}`);
  }
  const detail = DETAILS[error];
  if (isForm(request)) {
    return new Response(detail, {
      status,
      headers: { ...NO_STORE, ...wait, 'content-type': 'text/plain; charset=utf-8' },
    });
  }
  const asked = status === 401 && challenges.length ? { 'www-authenticate': challenges.join(', ') } : undefined;
  return problem(status, detail, { ...wait, ...asked }, { error, reason });
}
