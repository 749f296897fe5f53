import { describe, expect, it } from 'vitest';
import { authScheme } from '../../src/http/credentials.ts';

describe('authScheme', () => {
  it.each([
    ['Basic YTpi', 'basic'],
    ['bEaReR a b', 'bearer'],
    ['Negotiate', 'negotiate'],
    ['', ''],
    [' Basic YTpi', ''],
    ['Basic\tYTpi', 'basic\tytpi'],
    ['Basic\u00a0YTpi', 'basic\u00a0ytpi'],
    ['Basic,Bearer a', 'basic,bearer'],
  ])('of %j is %j', (value, scheme) => {
    expect(authScheme(value)).toBe(scheme);
    expect(authScheme(value)).toBe(scheme);
  });
});
