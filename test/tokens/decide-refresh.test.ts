import { describe, expect, it } from 'vitest';
import { decideRefresh, type Leeway, type Presented, type Rotation } from '../../src/tokens/decide-refresh.ts';

const NOW = 1_800_000_000;
const usual: Leeway = { leeway: 30, skew: 5 };
const strict: Leeway = { leeway: 0, skew: 5 };
/** Generation 5, made so many seconds ago. */
const row = (age: number, attempt?: string): Rotation => ({ generation: 5, rotatedAt: NOW - age, attempt });

const table: readonly [string, Rotation, Presented, Leeway, string, Rotation?][] = [
  ['the present one, just made', row(0), { generation: 5 }, usual, 'kept'],
  ['the present one, by a clock that is behind', row(-5), { generation: 5 }, usual, 'kept'],
  ['the present one, a moment before it is old enough', row(64.9), { generation: 5 }, usual, 'kept'],
  ['the present one, old enough', row(65), { generation: 5 }, usual, 'rotated', { generation: 6, rotatedAt: NOW }],
  [
    'the present one, with an attempt',
    row(65, 'old'),
    { generation: 5, attempt: 'a' },
    usual,
    'rotated',
    { generation: 6, rotatedAt: NOW, attempt: 'a' },
  ],
  [
    'the first use of a successor',
    row(1, 'a'),
    { generation: 5 },
    usual,
    'kept',
    { generation: 5, rotatedAt: NOW - 1 },
  ],
  [
    'the first use of a successor, by who made it',
    row(1, 'a'),
    { generation: 5, attempt: 'a' },
    usual,
    'kept',
    { generation: 5, rotatedAt: NOW - 1 },
  ],
  ['one before, at once', row(0), { generation: 4 }, usual, 'repeated'],
  ['one before, by a clock that is behind', row(-5), { generation: 4 }, usual, 'repeated'],
  ['one before, in the last moment', row(30), { generation: 4 }, usual, 'repeated'],
  ['one before, too late', row(30.1), { generation: 4 }, usual, 'reused'],
  ['one before, with the attempt, after a night', row(30_000, 'a'), { generation: 4, attempt: 'a' }, usual, 'repeated'],
  ['one before, with another attempt', row(31, 'a'), { generation: 4, attempt: 'b' }, usual, 'reused'],
  ['one before, without an attempt', row(31, 'a'), { generation: 4 }, usual, 'reused'],
  [
    'one before, with an attempt, and the successor was used',
    row(31),
    { generation: 4, attempt: 'a' },
    usual,
    'reused',
  ],
  ['two before', row(0), { generation: 3 }, usual, 'reused'],
  ['two before, with the attempt', row(0, 'a'), { generation: 3, attempt: 'a' }, usual, 'reused'],
  ['the first of all', row(0), { generation: 0 }, usual, 'reused'],
  ['newer than the row', row(9), { generation: 6 }, usual, 'forwarded', { generation: 6, rotatedAt: NOW }],
  ['far newer', row(9), { generation: 9 }, usual, 'forwarded', { generation: 9, rotatedAt: NOW }],
  ['strict, the present one', row(0), { generation: 5 }, strict, 'rotated', { generation: 6, rotatedAt: NOW }],
  ['strict, one before, at once', row(0), { generation: 4 }, strict, 'reused'],
  ['strict, one before, by a clock that is behind', row(-5), { generation: 4 }, strict, 'reused'],
  ['strict, one before, with the attempt', row(99, 'a'), { generation: 4, attempt: 'a' }, strict, 'repeated'],
];

describe('the decision about a refresh token', () => {
  it.each(table)('%s', (_name, given, presented, leeway, answer, next) => {
    const decision = decideRefresh(given, presented, NOW, leeway);
    expect(decision).toEqual(next ? { answer, next } : { answer });
    // What is not there is no member: the row is JSON.
    expect(Object.values(decision.next ?? {})).not.toContain(undefined);
  });

  it('changes nothing that it was given', () => {
    const given = Object.freeze(row(65, 'a'));
    decideRefresh(given, Object.freeze({ generation: 5, attempt: 'b' }), NOW, Object.freeze({ ...usual }));
    expect(given).toEqual(row(65, 'a'));
  });
});
