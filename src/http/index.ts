/**
 * The grammar of HTTP that authentication needs: credentials, challenges, cookies, media types, problem details. For
 * applications and for authenticators of their own; those of this library are built on it.
 *
 * Readers take any text, never throw, and need time and memory in proportion to its length at most. Writers are strict:
 * nothing leaves them that somebody else would read in another way.
 *
 * @module countersign/http
 */

export type { AuthLimits } from './auth-params.ts';
export { formatChallenge } from './challenge.ts';
export { parseCookies, readCookie, readCookies } from './cookie.ts';
export {
  type AcceptLimits,
  type MediaType,
  type MediaTypeLimits,
  namedMediaType,
  parseMediaType,
  preferredMediaType,
} from './media-type.ts';
export { type ParsedChallenge, parseChallenges } from './parse-challenges.ts';
export { type Credentials, parseCredentials } from './parse-credentials.ts';
export { PROBLEM_MEDIA_TYPE, type ProblemDetails, problemDetails } from './problem-details.ts';
export { formatSetCookie, type SetCookie } from './set-cookie.ts';
