/** The media type of {@link problemDetails} (RFC 9457 §3). */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** The members that RFC 9457 §3.1 defines, and any others. Members that are `undefined` are not written. */
export interface ProblemDetails {
  /** A URI that names the kind of problem. Left out, it is `about:blank`: no more than the status says. */
  readonly type?: string | undefined;
  /** The kind of problem in a few words, the same each time. */
  readonly title?: string | undefined;
  /** The status of the response, 100 to 599. */
  readonly status: number;
  /** What is wrong this time, and how to mend it. For people: not for stack traces, nor for what they sent. */
  readonly detail?: string | undefined;
  /** A URI that names this occurrence. */
  readonly instance?: string | undefined;
  /** An extension member, of any JSON value. Its name should be letters, digits and `_`, three or more (§3.2). */
  readonly [extension: string]: unknown;
}

/**
 * Writes problem details (RFC 9457) as JSON: `type`, `title`, `status`, `detail`, `instance`, then extension members in
 * their order.
 *
 * Not checked: whether `type` and `instance` are URIs, and whether the response has that status.
 *
 * @param problem The problem. An extension can't replace a defined member: they are members of one object.
 * @returns A JSON text, to be sent as {@link PROBLEM_MEDIA_TYPE}.
 * @throws TypeError On a status that is not a whole number from 100 to 599. Also where `JSON.stringify` throws, for a value
 *   that JSON has no form for (a cycle, a `bigint`).
 *
 * @example
 * ```ts
 * import { PROBLEM_MEDIA_TYPE, problemDetails } from 'countersign/http';
 *
 * const body = problemDetails({ title: 'Too Many Requests', status: 429, retryAfter: 30 });
 * new Response(body, { status: 429, headers: { 'content-type': PROBLEM_MEDIA_TYPE } });
 * ```
 */
export function problemDetails(problem: ProblemDetails): string {
  const { type, title, status, detail, instance, ...extensions } = problem;
  if (!Number.isInteger(status) || status < 100 || status > 599) {
    throw new TypeError('problemDetails(): status must be a whole number from 100 to 599');
  }
  return JSON.stringify({ type, title, status, detail, instance, ...extensions });
}
