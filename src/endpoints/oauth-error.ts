import { json } from './json.ts';
import type { problem } from './problem.ts';

/** What OAuth calls a refusal (RFC 6749 §5.2, RFC 7009 §2.2.1, RFC 8707 §2). */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_grant'
  | 'invalid_scope'
  | 'invalid_target'
  | 'unsupported_grant_type'
  | 'unsupported_token_type'
  | 'access_denied'
  | 'temporarily_unavailable';

/** A refusal in OAuth's own form. @param description For developers: nothing secret that they sent. */
export function oauthError(status: number, error: OAuthErrorCode, description?: string): Response {
  return json(status, { error, error_description: description });
}

/** The same by status, for what refuses without knowing of OAuth. What is wrong with a request is a 400 there, whatever it is. */
export const sayOAuthError: typeof problem = (status, detail, headers = {}) => {
  const isOutage = status === 503;
  const isOurs = isOutage || status === 405 || status === 403;
  const response = oauthError(isOurs ? status : 400, isOutage ? 'temporarily_unavailable' : 'invalid_request', detail);
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
};
