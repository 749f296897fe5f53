import { START } from '../support/sessions.ts';

/** Sessions of one subject: as many as devices. */
export const SESSIONS_EACH = 10;
/** For the people of a table that has `count` sessions. */
const subjectsOf = (count: number): number => count / SESSIONS_EACH;

/** Scattered over all there are, as hashes are, and no two the same: an odd factor, by the size of the range. */
const SCATTER = 2_654_435_761;
const RANGE = 2 ** 32;
const TAIL = '-is-as-long-as-a-sha-256-in-base64url';

/** The id of the session of this number, and whose it is. */
export function rowOf(index: number, count: number): { readonly id: string; readonly subject: string } {
  // Exact below 2^53: there are at most a million.
  return { id: `${(index * SCATTER) % RANGE}${TAIL}`, subject: `user ${index % subjectsOf(count)}` };
}

/**
 * Statements for SQLite and PostgreSQL that put so many living sessions into empty tables, as many counters, and an epoch for
 * each subject. One
 * subject's are as far from one another in the table as they can be.
 */
export function fillTables(count: number, prefix = 'countersign_'): readonly string[] {
  const numbers = (until: number) =>
    `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${until - 1})`;
  const subjects = subjectsOf(count);
  const data = JSON.stringify({ label: 'laptop', device: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36' });
  return [
    `INSERT INTO ${prefix}records
      (kind, id, partition_key, subject, epoch, created_at, used_at, expires_at, ends_at, version, data)
    ${numbers(count)} SELECT 'session', CAST(i * CAST(${SCATTER} AS BIGINT) % ${RANGE} AS TEXT) || '${TAIL}', 'of-a-subject',
      'user ' || CAST(i % ${subjects} AS TEXT), 1, ${START} + i / ${subjects}, ${START} + i / ${subjects},
      ${START + 604_800} + i % 86400, ${START + 2_592_000}, 1, '${data}' FROM n`,
    `INSERT INTO ${prefix}epochs (kind, subject, epoch)
    ${numbers(subjects)} SELECT 'session', 'user ' || CAST(i AS TEXT), 1 FROM n`,
    `INSERT INTO ${prefix}counters (kind, partition_key, id, value, expires_at)
    ${numbers(count)} SELECT 'limit', 'of-a-subject', 'user ' || CAST(i AS TEXT), 1,
      ${START + 604_800} + i % 86400 FROM n`,
  ];
}
