import { PROBLEM_MEDIA_TYPE, problemDetails } from '../http/problem-details.ts';

const TITLES = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
} as const;

/**
 * A refusal of an endpoint, as problem details (RFC 9457).
 *
 * @param detail For people: nothing secret that they sent.
 * @param extensions Members for programs (§3.2).
 */
export function problem(
  status: keyof typeof TITLES,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
  extensions: Readonly<Record<string, unknown>> = {},
): Response {
  return new Response(problemDetails({ status, title: TITLES[status], detail, ...extensions }), {
    status,
    headers: { 'content-type': PROBLEM_MEDIA_TYPE, 'cache-control': 'no-store', ...headers },
  });
}
