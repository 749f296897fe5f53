import { PROBLEM_MEDIA_TYPE, problemDetails } from '../http/problem-details.ts';

const TITLES = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  503: 'Service Unavailable',
} as const;

/** A refusal of an endpoint, as problem details (RFC 9457). @param detail For people: nothing secret that they sent. */
export function problem(status: keyof typeof TITLES, detail: string, headers: Record<string, string> = {}): Response {
  return new Response(problemDetails({ status, title: TITLES[status], detail }), {
    status,
    headers: { 'content-type': PROBLEM_MEDIA_TYPE, 'cache-control': 'no-store', ...headers },
  });
}
