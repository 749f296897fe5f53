import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { parseCookies, readCookie, readCookies } from '../../src/http/cookie.ts';
import { authScheme } from '../../src/http/credentials.ts';
import { namedMediaType, parseMediaType, preferredMediaType } from '../../src/http/media-type.ts';
import { parseChallenges } from '../../src/http/parse-challenges.ts';
import { parseCredentials } from '../../src/http/parse-credentials.ts';
import { headerOf } from '../../src/jwt/parse-jws.ts';
import { bearer } from '../../src/schemes/bearer.ts';
import { contextOf } from '../support/context.ts';
import { CLAIMS, formatOf, HEADER, rawJws, segment } from '../support/raw-jws.ts';
import { growthOf, type HostileInput, isLinear, leastTime, SIZES } from './growth.ts';

/** A part repeated between two others. */
function repeat(head: string, part: string, marker: string, tail = ''): HostileInput {
  return { make: (size) => head + part.repeat(Math.ceil(size / part.length)) + tail, marker };
}

/** Parts that differ: `part(0)`, `part(1)`, … */
function count(head: string, part: (index: number) => string, marker: string): HostileInput {
  const make = (size: number) => {
    const parts = [head];
    for (let index = 0, length = 0; length < size; index++) {
      const next = part(index);
      parts.push(next);
      length += next.length;
    }
    return parts.join('');
  };
  return { make, marker };
}

function pick<K extends string>(
  inputs: Readonly<Record<K, HostileInput>>,
  ...names: K[]
): Record<string, HostileInput> {
  return Object.fromEntries(names.map((name) => [name, inputs[name]]));
}

interface Parser {
  /** With every limit lifted. */
  readonly unlimited: (input: string) => unknown;
  /** As it is used. */
  readonly limited: (input: string) => unknown;
  readonly inputs: Readonly<Record<string, HostileInput>>;
}

const LIFTED = { maxLength: Infinity, maxParams: Infinity, maxRanges: Infinity, maxCookies: Infinity };

const authInputs = {
  'a long name of a scheme': repeat('', 'a', ' b'),
  'a long token68': repeat('Bearer ', 'a', '=='),
  'spaces behind the scheme': repeat('Basic', ' ', 'a'),
  'many equals signs': repeat('Basic a', '=', 'b'),
  'many auth-params': count('Digest ', (index) => `a${index}=b,`, 'z=1'),
  'many quoted auth-params': count('Digest ', (index) => `a${index} = "b\\"," , `, 'z=1'),
  'empty list elements': repeat('Digest a=b', ' ,\t', 'z=1'),
  'empty list elements at the front': repeat('Digest ', ',', 'z=1'),
  'blanks before an equals sign': repeat('Digest a', ' \t', '=b'),
  'blanks behind an equals sign': repeat('Digest a=', ' ', 'b'),
  'blanks behind a value': repeat('Digest a=b', '\t', ',z=1'),
  'a long unquoted value': repeat('Digest a=', 'b', ',z=1'),
  'a long name': repeat('Digest ', 'A', '=b'),
  'an unclosed quote': repeat('Digest a="', 'b', '"'),
  backslashes: repeat('Digest a="', '\\\\', '"'),
  'escaped quotes': repeat('Digest a="', '\\"', '"'),
  'schemes in quotes': repeat('Digest a="', ', Basic b', '"'),
};

const cookieInputs = {
  'other cookies': repeat('', 'a=b; ', 'sid=1'),
  'other cookies, each with a name of its own': count('', (index) => `a${index}=b; `, 'sid=1'),
  semicolons: repeat('', ';', 'sid=1'),
  'equals signs': repeat('', '=', ';sid=1'),
  'equals signs and semicolons': repeat('', '=;', 'sid=1'),
  'the name without a value': repeat('', 'sid;', 'sid=1'),
  'the name in values': repeat('', 'a=sid;', 'sid=1'),
  'the name behind another character': repeat('', 'xsid=1;', 'sid=1'),
  'the name over and over': repeat('', 'sid', ';sid=1'),
  'the name without a value, blanks around it': repeat('', ' sid\t;', 'sid=1'),
  'a long name': repeat('', 'a', '=1;sid=1'),
  'a long value': repeat('sid=', 'a', 'b'),
  'blanks before the name': repeat('', ' \t', 'sid=1'),
  'blanks behind the name': repeat('sid', ' ', '=1'),
  'blanks behind the value': repeat('sid=1', ' ', 'b'),
  'blanks in each cookie': repeat('', '   =   ;', 'sid=1'),
  'an unclosed quote': repeat('a="', 'b', '";sid=1'),
  backslashes: repeat('a="', '\\', '";sid=1'),
  commas: repeat('a=b', ', sid=x', ';sid=1'),
};

const acceptInputs = {
  'many ranges': repeat('', 'a/b,', 'text/html'),
  'many weighted ranges': repeat('', 'text/plain; q=0.5 , ', 'text/html'),
  'the same range': repeat('', 'image/png;q=0.1,', 'text/html'),
  wildcards: repeat('', '*/*;q=0.001,', 'text/html'),
  'empty elements': repeat('a/b', ' ,', 'text/html'),
  'malformed elements': repeat('', '/"",', 'text/html'),
  semicolons: repeat('a/b', ';', ',text/html'),
  'many parameters': count('text/html', (index) => `;a${index}=1`, ',text/html'),
  'a long weight': repeat('text/html;q=0.', '0', ',text/html'),
  'equals signs': repeat('text/html;a=', '=', ',text/html'),
  blanks: repeat('a/b', ' ', ',text/html'),
  'blanks in each element': repeat('', '  a/b \t ;,', 'text/html'),
  'a long type': repeat('', 'a', '/b,text/html'),
  'an unclosed quote': repeat('a/b;c="', 'd', '",text/html'),
  'many quotes': repeat('a/b;c=', '""', ',text/html'),
  backslashes: repeat('a/b;c="', '\\\\', '",text/html'),
  'ranges in quotes': repeat('a/b;c="', ', text/html', '",text/html'),
};
const AVAILABLE = ['image/png', 'text/html'] as const;

/** `Authorization: Bearer …`, where no format knows the token. */
const anyBearer = bearer({ tokens: { verify: () => undefined } });
const askBearer = (input: string) =>
  anyBearer.authenticate({ method: 'GET', url: 'https://api.example/', headers: { get: () => input } }, contextOf());

/** The text of a header whose one member is `alg`: a second name in it is one too many. */
const readNames = (text: string) => headerOf({ text, value: { alg: 'HS256' } });

const parsers: Readonly<Record<string, Parser>> = {
  parseCredentials: {
    unlimited: (input) => parseCredentials(input, LIFTED),
    limited: (input) => parseCredentials(input),
    inputs: { ...authInputs, 'commas before a second scheme': repeat('Basic a', ' ,', 'Bearer b') },
  },
  parseChallenges: {
    unlimited: (input) => parseChallenges(input, LIFTED),
    limited: (input) => parseChallenges(input),
    // What stands behind a scheme is read by the same code as above; here it is the list that counts.
    inputs: {
      ...pick(
        authInputs,
        'a long token68',
        'many equals signs',
        'many auth-params',
        'an unclosed quote',
        'backslashes',
      ),
      'many schemes': repeat('', 'Negotiate,', 'Basic'),
      'many challenges': repeat('', 'Basic realm="a, b", ', 'Bearer'),
      'many token68 challenges': repeat('', 'Negotiate a==,', 'Bearer'),
      commas: repeat('', ', ', 'Bearer'),
    },
  },
  readCookie: {
    unlimited: (input) => readCookie(input, 'sid'),
    limited: (input) => readCookie(input, 'sid'),
    inputs: cookieInputs,
  },
  readCookies: {
    unlimited: (input) => readCookies(input, 'sid', Infinity),
    limited: (input) => readCookies(input, 'sid'),
    inputs: {
      ...cookieInputs,
      'many of the name': repeat('', 'sid=1; ', 'sid=2'),
      'many of the name, blanks around': repeat('', ' sid = 1 ; ', 'sid=2'),
    },
  },
  parseCookies: {
    unlimited: (input) => parseCookies(input, LIFTED),
    limited: (input) => parseCookies(input),
    inputs: cookieInputs,
  },
  parseMediaType: {
    unlimited: (input) => parseMediaType(input, LIFTED),
    limited: (input) => parseMediaType(input),
    inputs: {
      'a long type': repeat('', 'a', '/b'),
      'a long subtype': repeat('text/', 'A', 'b'),
      semicolons: repeat('text/html', ';', 'a=1'),
      'many parameters': count('text/html', (index) => `; a${index}=1`, ';z=1'),
      'the same parameter': repeat('text/html', ';a="\\b"', ';z=1'),
      blanks: repeat('text/html', ' ', ';a=1'),
      'blanks between semicolons': repeat('text/html', '  ;\t', 'a=1'),
      'a long name': repeat('text/html;', 'A', '=b'),
      'a long value': repeat('text/html;a=', 'b', ';z=1'),
      'an unclosed quote': repeat('text/html;a="', 'b', '"'),
      'equals signs in quotes': repeat('text/html;a="', '=', '"'),
      backslashes: repeat('text/html;a="', '\\\\', '"'),
    },
  },
  preferredMediaType: {
    unlimited: (input) => preferredMediaType(input, AVAILABLE, LIFTED),
    limited: (input) => preferredMediaType(input, AVAILABLE),
    inputs: acceptInputs,
  },
  namedMediaType: {
    unlimited: (input) => namedMediaType(input, AVAILABLE, LIFTED),
    limited: (input) => namedMediaType(input, AVAILABLE),
    inputs: pick(
      acceptInputs,
      'many ranges',
      'wildcards',
      'many parameters',
      'an unclosed quote',
      'backslashes',
      'blanks',
    ),
  },
  authScheme: {
    unlimited: authScheme,
    limited: authScheme,
    inputs: { 'a long name': repeat('', 'A', 'b'), tabs: repeat('basic', '\t', 'b') },
  },
  bearer: {
    unlimited: askBearer,
    limited: askBearer,
    inputs: {
      'a long token': repeat('Bearer ', 'a', '"'),
      'spaces before the token': repeat('Bearer', ' ', 'a'),
      'spaces within': repeat('Bearer a', ' ', ','),
      'equals signs': repeat('Bearer a', '=', 'a'),
      'equals signs with a letter behind each': repeat('Bearer a', 'a=', ','),
      dots: repeat('Bearer a', '.', '"'),
    },
  },
  'headerOf, of a token': {
    unlimited: readNames,
    limited: readNames,
    inputs: {
      'a long text': repeat('"alg":"', 'a', '"b":', '"'),
      'escaped quotes': repeat('"alg":"', '\\"', '"b":', '"'),
      'escaped quotes with a colon behind': repeat('"alg":"', '\\":', '"b":', '"'),
      backslashes: repeat('"alg":"', '\\\\', '"b":', '"'),
      'many texts': repeat('"alg":', '"a",', '"b":'),
      'blanks behind a text': repeat('"alg":"a"', ' ', ',"b":'),
      'blanks behind a name': repeat('"alg"', '\n', ',"b":', ':'),
      colons: repeat('"alg"', ':', ',"b":'),
    },
  },
};

vi.setConfig({ testTimeout: 30_000 });

describe.each(Object.entries(parsers))('%s', (_name, { unlimited, limited, inputs }) => {
  it.each(Object.entries(inputs))('%s', (_input, input) => {
    for (const size of [SIZES[0], SIZES.at(-1)] as number[]) {
      const text = input.make(size);
      // Not by `toEqual`: it would print the megabyte.
      expect(isDeepStrictEqual(unlimited(text), unlimited(text + input.marker)), 'is read to its end').toBe(false);
    }
    const growth = growthOf(unlimited, input);
    expect(growth, 'grows linearly').toSatisfy(isLinear);
    expect(leastTime(limited, input, 64 * 1024), 'milliseconds for 64 kB').toBeLessThan(5);
  });
});

describe('a signed token', () => {
  const format = formatOf();
  const verify = (token: string) => format.verify(token, contextOf());
  const LONGEST = 8192;
  /** JSON with as many parts in a text as a token may have. */
  const texts = (part: string) => `"x":"${part.repeat(5900 / part.length)}"`;
  const withHeader = (more: string) => `${segment(`{"alg":"HS256",${more}}`)}.e30.AA`;

  it.each([
    ['escaped quotes', withHeader(texts('\\"'))],
    ['escaped quotes with a colon behind', withHeader(texts('\\":'))],
    ['backslashes', withHeader(texts('\\\\'))],
    ['many members', withHeader(Array.from({ length: 500 }, (_, n) => `"${n}":"${n}"`).join())],
    ['blanks', withHeader(`"x"${' '.repeat(5900)}:1`)],
    ['a deep payload', rawJws(`${'['.repeat(5900)}${']'.repeat(5)}`)],
    ['a deep claim', rawJws(`${JSON.stringify(CLAIMS).slice(0, -1)},"x":${'['.repeat(2800)}${']'.repeat(2800)}}`)],
    ['many claims', rawJws({ ...CLAIMS, ...Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`${n}`, n])) })],
    ['many audiences', rawJws({ ...CLAIMS, aud: Array.from({ length: 900 }, (_, n) => `${n}`) })],
    ['many scopes', rawJws({ ...CLAIMS, scope: 'a '.repeat(2800) }, HEADER)],
  ])('at its longest: %s', (_, token) => {
    expect(token.length).toBeLessThanOrEqual(LONGEST);
    const input = { make: () => token, marker: '' };
    expect(leastTime(verify, input, token.length), 'milliseconds').toBeLessThan(5);
  });

  it.each(['.', 'a.', 'a', '..a', '\0'])('of 64 kB and 1 MB of %j', (part) => {
    for (const size of [64 * 1024, 1024 * 1024]) {
      expect(leastTime(verify, repeat('a.b.', part, ''), size), 'milliseconds').toBeLessThan(5);
    }
  });
});

describe('what is not linear is caught', () => {
  it('a check of each item against all before it', () => {
    const collect = (input: string) => {
      const seen: string[] = [];
      for (const item of input.split(',')) if (!seen.includes(item)) seen.push(item);
      return seen;
    };
    expect(
      growthOf(
        collect,
        count('', (index) => `${index},`, 'z'),
      ),
    ).not.toSatisfy(isLinear);
  });

  it('a search that restarts', () => {
    // Native searches are so fast that up to some 64 kB this one looks harmless.
    const values = (input: string) => {
      let found = 0;
      for (let at = 0; at >= 0; at = input.indexOf(';', at + 1)) if (input.indexOf('=', at) >= 0) found++;
      return found;
    };
    expect(growthOf(values, repeat('', `${'a'.repeat(255)};`, '=1'))).not.toSatisfy(isLinear);
  });
});
