import type { Accepted, Authenticator, Effect, MaybePromise, Outcome } from '../../src/index.ts';
import type { Library } from './library.ts';

/**
 * An authenticator that does what it is told: the word in its header (`x-` and the scheme's name) or its cookie (of the
 * scheme's name) says how it answers. Scheme names are written into `asked` when it has to read one.
 */
export function byWord<const S extends string>(
  { core, http }: Library,
  scheme: S,
  carrier: 'header' | 'cookie',
  asked: string[] = [],
): Authenticator<Accepted<S, string>> {
  const header = carrier === 'cookie' ? 'cookie' : (`x-${scheme.toLowerCase()}` as Lowercase<string>);
  const setCookie = (value: string): readonly Effect[] =>
    carrier === 'cookie' ? [{ header: 'set-cookie', key: scheme, value: `${scheme}=${value}; Path=/` }] : [];

  const answer = (word: string): MaybePromise<Outcome<Accepted<S, string>>> => {
    const facts = { subject: `${scheme}-1`, ambient: carrier === 'cookie' };
    if (word === 'good') return core.accept(scheme, `by ${scheme}`, facts);
    if (word === 'later') return Promise.resolve(core.accept(scheme, `by ${scheme}`, facts));
    if (word === 'renew') return core.accept(scheme, `by ${scheme}`, { ...facts, effects: setCookie('renewed') });
    if (word === 'weak') return core.insufficient({ scopes: ['write'] }, scheme);
    if (word === 'down') throw new Error('the store is down');
    if (word === 'down-later') return Promise.reject(new Error('the store is down'));
    return core.reject(scheme, 'expired', { effects: setCookie('') });
  };

  return {
    schemes: [scheme],
    carriers: [{ header }],
    authenticate({ headers }) {
      const value = headers.get(header);
      const word = carrier === 'cookie' ? http.readCookie(value, scheme) : value;
      if (word === undefined || word === null) return core.ABSENT;
      asked.push(scheme);
      return answer(word);
    },
    // Nothing makes a browser send a cookie, so a cookie has no challenge.
    challenge({ kind }) {
      const error = { absent: undefined, rejected: 'invalid', insufficient: 'insufficient_scope' }[kind];
      return carrier === 'cookie' ? [] : [http.formatChallenge(scheme, { realm: 'test', error })];
    },
  };
}
