import { describe, expect, it } from 'vitest';
import { formatChallenge } from '../../src/http/challenge.ts';

describe('formatChallenge', () => {
  it.each<[string, Record<string, string | undefined> | undefined, string]>([
    ['Negotiate', undefined, 'Negotiate'],
    ['Basic', {}, 'Basic'],
    ['Basic', { realm: 'a', charset: 'UTF-8' }, 'Basic realm="a", charset="UTF-8"'],
    ['Basic', { realm: '' }, 'Basic realm=""'],
    ['Basic', { realm: undefined, charset: 'UTF-8' }, 'Basic charset="UTF-8"'],
    ['Basic', { realm: 'a, Bearer realm=b' }, 'Basic realm="a, Bearer realm=b"'],
    ['Basic', { realm: 'a"b\\c' }, 'Basic realm="a\\"b\\\\c"'],
    ['Basic', { realm: '\\"' }, 'Basic realm="\\\\\\""'],
    // A line break would begin a header of an attacker's.
    ['Basic', { realm: 'a\r\nSet-Cookie: b=c\u0000\u007f\t' }, 'Basic realm="aSet-Cookie: b=c"'],
    ['Basic', { realm: 'caf\u00e9\u4f60\ud83d\ude00' }, 'Basic realm="caf"'],
  ])('writes %s %o', (scheme, params, value) => {
    expect(formatChallenge(scheme, params)).toBe(value);
    expect(formatChallenge(scheme, params)).toBe(value);
  });
});
