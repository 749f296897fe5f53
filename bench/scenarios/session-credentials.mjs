import { cookieHeader } from '../lib/cookie-header.mjs';
import { freshRequest } from '../lib/fresh-request.mjs';

/** The first is the one that is timed. */
const SUBJECTS = ['ada', 'bob', 'carol', 'dave'];

/** The library's default, and what the floors and those peers use that have no name of their own. */
export const NAME = '__Host-Http-session';

export const SECRET = '7Rk2mWcVx0bQ81nPz4LfT5hY3sGdJ6aE';
export const OTHER_SECRET = 'Zq8LwN1uXv4CkB7oHr2MtP9eDy6SgF3j';

/** All of them sign and seal the same: what an application might keep of a user. */
export const DATA = { plan: 'team', locale: 'en-GB' };

/**
 * Cookies that a contender has issued itself, good and bad ones, each in a request among others.
 *
 * @param {object} options
 * @param {string} options.name The cookie's.
 * @param {number} options.count How many cookies a request has.
 * @param {(subject: string, flaw?: string) => string | Promise<string>} options.issue Makes the value of a cookie, good but
 *   for its flaw.
 * @param {string[]} options.flaws That this contender can tell.
 * @param {number} [options.crowd] How many sessions are issued before, so that the store isn't empty.
 * @returns As check.mjs takes them, and `forged`, which makes a request whose cookie is one character off.
 */
export async function sessionCredentials({ name, count, issue, flaws, crowd = 0 }) {
  for (let index = 0; index < crowd; index++) await issue(`user-${index}`);
  const withCookie = (pair) => () => freshRequest({ cookie: cookieHeader(pair, count) });
  const good = [];
  for (const subject of SUBJECTS) good.push({ subject, value: await issue(subject) });
  const { value } = good[0];
  const forged = withCookie(`${name}=${forge(value)}`);
  const bad = [
    { name: 'absent', request: () => freshRequest() },
    { name: 'other cookies only', request: withCookie('sid=1') },
    { name: 'a longer name', request: withCookie(`x${name}=${value}`) },
    { name: 'empty', request: withCookie(`${name}=`) },
    { name: 'forged', request: forged },
    { name: 'truncated', request: withCookie(`${name}=${value.slice(0, -10)}`) },
  ];
  for (const flaw of flaws) {
    bad.push({ name: flaw, request: withCookie(`${name}=${await issue(SUBJECTS[0], flaw)}`) });
  }
  return {
    good: good.map((each) => ({ subject: each.subject, request: withCookie(`${name}=${each.value}`) })),
    bad,
    forged,
  };
}

/** The tenth character from the end: in a signature, an authentication tag, a sealed text or an id, whatever is last. */
function forge(value) {
  const at = value.length - 10;
  return value.slice(0, at) + (value[at] === 'A' ? 'B' : 'A') + value.slice(at + 1);
}

/** The value in a `Set-Cookie` line. */
export function cookieValue(line) {
  return line.slice(line.indexOf('=') + 1, line.indexOf(';'));
}
