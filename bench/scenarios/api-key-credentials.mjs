import { freshRequest } from '../lib/fresh-request.mjs';

/** The first is the one that is timed. */
const SUBJECTS = ['ada', 'bob', 'carol', 'dave'];

/** A request with a key in a header of its own. */
const withKey = (key) => () => freshRequest({ 'x-api-key': key });

/** A letter that is not this one. */
const another = (character) => (character === 'A' ? 'B' : 'A');

/**
 * Requests with API keys, good and bad ones.
 *
 * @param {object} options
 * @param {(subject: string, flaw?: string) => string | Promise<string>} options.issue Makes a key, good but for its flaw.
 * @param {string[]} options.flaws That this contender can tell.
 * @param {number} [options.crowd] How many keys of others are made before, so that no store is empty.
 * @param {string[]} [options.subjects] Who has a good one.
 * @returns As check.mjs takes them, and `timed`, which makes a request with the first good key.
 */
export async function apiKeyCredentials({ issue, flaws, crowd = 0, subjects = SUBJECTS }) {
  for (let index = 0; index < crowd; index++) await issue(`user-${index}`);
  const good = [];
  for (const subject of subjects) good.push({ subject, key: await issue(subject) });
  const { key } = good[0];
  const bad = [
    { name: 'absent', request: () => freshRequest() },
    { name: 'as a bearer token', request: () => freshRequest({ authorization: `Bearer ${key}` }) },
    { name: 'garbage', request: withKey('garbage') },
    { name: 'another prefix', request: withKey(another(key[0]) + key.slice(1)) },
    { name: 'another checksum', request: withKey(key.slice(0, -1) + another(key.at(-1))) },
    { name: 'forged', request: withKey(forge(key)) },
    { name: 'truncated', request: withKey(key.slice(0, -1)) },
    { name: 'longer', request: withKey(`${key}A`) },
    { name: 'twice', request: withKey(`${key}, ${key}`) },
  ];
  for (const flaw of flaws) bad.push({ name: flaw, request: withKey(await issue(subjects[0], flaw)) });
  return {
    good: good.map((each) => ({ subject: each.subject, request: withKey(each.key) })),
    bad,
    timed: withKey(key),
  };
}

/** The tenth character from the end: where there is a checksum, the secret's, and the checksum tells. */
function forge(key) {
  const at = key.length - 10;
  return key.slice(0, at) + another(key[at]) + key.slice(at + 1);
}
