import { describe, expect, it } from 'vitest';
import { authScheme, credentialsOf } from '../../src/http/credentials.ts';

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

describe('credentialsOf', () => {
  it.each([
    ['Basic YTpi', 'YTpi'],
    ['BASIC   YTpi ', 'YTpi '],
    ['Basic', ''],
    ['Basic  ', ''],
    ['Basic \tYTpi', '\tYTpi'],
    ['Basic\tYTpi', null],
    ['Basics YTpi', null],
    ['Bearer YTpi', null],
    ['', null],
  ])('of %j is %j', (value, rest) => {
    expect(credentialsOf(value, 'basic')).toBe(rest);
    expect(credentialsOf(value, 'basic')).toBe(rest);
  });
});
