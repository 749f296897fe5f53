/**
 * Bodies of refusals, for those who ask for one.
 *
 * @module countersign/refusals
 */
import { namedMediaType } from '../http/media-type.ts';
import { PROBLEM_MEDIA_TYPE, problemDetails } from '../http/problem-details.ts';
import { chain } from './chain.ts';
import type { RequestLike } from './context.ts';
import { copyOf } from './effects.ts';
import type { Refusal, RefusalResponder } from './refusal.ts';

/** What a client may know of the reason; OAuth's words where it has one (RFC 6750 §3.1, RFC 9470 §3). */
export type RefusalError =
  | 'invalid_request'
  | 'invalid_credentials'
  | 'insufficient_scope'
  | 'insufficient_user_authentication'
  | 'too_many_requests'
  | 'cross_site_request'
  | 'temporarily_unavailable';

/**
 * The coarse code of a refusal, for a body of one's own. {@link Refusal.reason} is finer and stays in the log: `expired`
 * apart from `invalid` tells a stranger that a guess was close.
 *
 * @param refusal As a {@link RefusalResponder} gets it.
 * @returns `undefined` where no credentials were presented: nothing is wrong with them (RFC 6750 §3.1).
 */
export function errorOf({ kind, status }: Refusal): RefusalError | undefined {
  if (kind === 'absent') return undefined;
  if (kind === 'outage') return 'temporarily_unavailable';
  if (kind === 'cross_site') return 'cross_site_request';
  if (kind === 'rejected') return status === 400 ? 'invalid_request' : 'invalid_credentials';
  if (status === 429) return 'too_many_requests';
  return status === 403 ? 'insufficient_scope' : 'insufficient_user_authentication';
}

const TITLES: Readonly<Record<Refusal['status'], string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  407: 'Proxy Authentication Required',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
};

const DETAILS: Readonly<Record<RefusalError | 'absent', string>> = {
  absent: 'Credentials are needed here.',
  invalid_request: 'Credentials came twice, or in two ways. Send one.',
  invalid_credentials: 'The credentials are not accepted.',
  insufficient_scope: 'The credentials do not suffice for this.',
  insufficient_user_authentication: 'Sign in again for this.',
  too_many_requests: 'Too many requests. Wait, then try again.',
  cross_site_request: 'The request came from another site.',
  temporarily_unavailable: 'Credentials cannot be checked at the moment. Try again.',
};

const JSON_TYPES = [PROBLEM_MEDIA_TYPE, 'application/json'] as const;

/**
 * Gives a refusal a body where `Accept` names one: problem details (RFC 9457) for a program that names JSON or
 * `application/problem+json`, a plain page for a browser's navigation. Whoever names neither, as `curl` and most calls of
 * `fetch`, gets none: on Node a body makes a refusal several times as dear.
 *
 * The body shows the coarse code of {@link errorOf} and nothing of the request.
 *
 * @example
 * ```ts
 * import { protect } from 'countersign';
 * import { basic } from 'countersign/basic';
 * import { describeRefusal } from 'countersign/refusals';
 *
 * const staff = basic({ realm: 'Staff', users: [{ username: 'ada', plaintextPassword: 'correct horse' }] });
 * export default { fetch: protect(staff, () => new Response('hello'), { refuse: describeRefusal }) };
 * ```
 */
export const describeRefusal: RefusalResponder = (refusal, request) => {
  const { status } = refusal;
  const error = errorOf(refusal);
  const title = TITLES[status];
  const detail = DETAILS[error ?? 'absent'];
  const accept = request.headers.get('accept');
  if (isNavigation(request) && namedMediaType(accept, [...JSON_TYPES, 'text/html']) === 'text/html') {
    return page(status, title, detail);
  }
  if (!namedMediaType(accept, JSON_TYPES)) return undefined;
  const { scopes, acr, maxAge } = refusal;
  const body = problemDetails({
    status,
    title,
    detail,
    error,
    scope: scopes?.join(' '),
    acr_values: acr?.join(' '),
    max_age: maxAge,
  });
  return new Response(body, { status, headers: { 'content-type': PROBLEM_MEDIA_TYPE } });
};

/**
 * Keeps a browser's password dialog away from a page's own `fetch` calls: to what says that it is no navigation
 * (`Sec-Fetch-Mode`), a challenge that opens the dialog (`Basic`, `Digest`, `Negotiate`, `NTLM`) goes under a name that
 * browsers don't know, `xBasic`, so that the page gets its 401 in peace. Whatever sends no fetch metadata
 * gets the true names: no browser, or one on plain `http:`.
 *
 * @param respond Makes the response; default: no body.
 *
 * @example
 * ```ts
 * import { protect } from 'countersign';
 * import { basic } from 'countersign/basic';
 * import { describeRefusal, promptOnNavigation } from 'countersign/refusals';
 *
 * const staff = basic({ realm: 'Staff', users: [{ username: 'ada', plaintextPassword: 'correct horse' }] });
 * const refuse = promptOnNavigation(describeRefusal);
 * export default { fetch: protect(staff, () => new Response('hello'), { refuse }) };
 * ```
 */
export function promptOnNavigation(respond: RefusalResponder = () => undefined): RefusalResponder {
  return (refusal, request, context) => {
    if (refusal.challenges.length === 0 || isNavigation(request)) return respond(refusal, request, context);
    return chain(respond(refusal, request, context), (own) => {
      const response = own?.status ? copyOf(own) : new Response(null, { status: refusal.status });
      if (response.status >= 400 && !response.headers.has('www-authenticate')) {
        const challenges = refusal.challenges.map((each) => each.replace(/^(?=(basic|digest|negotiate|ntlm)\b)/i, 'x'));
        response.headers.set('www-authenticate', [...new Set(challenges)].join(', '));
      }
      return response;
    });
  };
}

/** A browser says so in every request to a secure origin; whatever says nothing is taken for one that would show a page. */
function isNavigation({ headers }: RequestLike): boolean {
  return (headers.get('sec-fetch-mode') ?? 'navigate') === 'navigate';
}

/** Constant text only: nothing of the request is in it, so nothing of an attacker's is. */
function page(status: number, title: string, detail: string): Response {
  const body = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;margin:20vh auto;max-width:32rem;padding:0 1rem}</style>
<h1>${title}</h1>
<p>${detail}</p>
`;
  return new Response(body, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
    },
  });
}
