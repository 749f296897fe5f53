import { describe, expect, it } from 'vitest';
import { authScheme, credentialsOf, holdsSeveralCredentials } from '../../src/http/credentials.ts';

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
    ['Basic\tYTpi', undefined],
    ['Basics YTpi', undefined],
    ['Bearer YTpi', undefined],
    ['', undefined],
  ])('of %j is %j', (value, rest) => {
    expect(credentialsOf(value, 'basic')).toBe(rest);
    expect(credentialsOf(value, 'basic')).toBe(rest);
  });
});

describe('holdsSeveralCredentials', () => {
  it.each([
    'Basic YTpi, Basic YTpi',
    'Basic YTpi,Bearer a',
    'Bearer a, Negotiate',
    'Bearer a,Negotiate,Basic YTpi',
    'Digest a=b, c=d, Basic YTpi',
    'Bearer a, Digest a=b',
  ])('is true of %j', (value) => {
    expect(holdsSeveralCredentials(value)).toBe(true);
    expect(holdsSeveralCredentials(value)).toBe(true);
  });

  it.each([
    '',
    'Basic YTpi',
    'Basic a b c',
    'Basic a,',
    'Basic a, ,',
    'Digest a=b, c=d',
    'Digest a=b, c = d',
    'Digest a=b, c="d"',
  ])('is false of %j', (value) => {
    expect(holdsSeveralCredentials(value)).toBe(false);
    expect(holdsSeveralCredentials(value)).toBe(false);
  });
});
