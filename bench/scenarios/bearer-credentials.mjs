import { freshRequest } from '../lib/fresh-request.mjs';

/** The first is the one that is timed. */
const SUBJECTS = ['ada', 'bob', 'carol', 'dave'];

/** A request with a token, as clients send it. */
export const withToken = (token) => () => freshRequest({ authorization: `Bearer ${token}` });

/** @returns {string | null} The token of a request; as all contenders here spell the scheme, and no other way. */
export function tokenOf({ headers }) {
  const value = headers.get('authorization');
  return value?.startsWith('Bearer ') ? value.slice(7) : null;
}

/**
 * Requests with tokens, good and bad ones.
 *
 * @param {object} options
 * @param {(subject: string, flaw?: string) => string | Promise<string>} options.issue Makes a token, good but for its flaw.
 * @param {string[]} options.flaws That this contender can tell.
 * @param {number} [options.crowd] How many tokens of others are issued before, so that no store or cache is empty.
 * @returns As check.mjs takes them, and `timed`, which makes a request with the first good token.
 */
export async function bearerCredentials({ issue, flaws, crowd = 0 }) {
  for (let index = 0; index < crowd; index++) await issue(`user-${index}`);
  const good = [];
  for (const subject of SUBJECTS) good.push({ subject, token: await issue(subject) });
  const { token } = good[0];
  const bad = [
    { name: 'absent', request: () => freshRequest() },
    { name: 'another scheme', request: () => freshRequest({ authorization: `Basic ${token}` }) },
    { name: 'nothing after the scheme', request: () => freshRequest({ authorization: 'Bearer' }) },
    { name: 'garbage', request: withToken('garbage') },
    { name: 'forged', request: withToken(forge(token)) },
    { name: 'truncated', request: withToken(token.slice(0, -10)) },
    { name: 'longer', request: withToken(`${token}AAAA`) },
  ];
  for (const flaw of flaws) bad.push({ name: flaw, request: withToken(await issue(SUBJECTS[0], flaw)) });
  return {
    good: good.map((each) => ({ subject: each.subject, request: withToken(each.token) })),
    bad,
    timed: withToken(token),
  };
}

/** The tenth character from the end: in a signature, a checksum or a secret, whatever is last. */
function forge(token) {
  const at = token.length - 10;
  return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
}
