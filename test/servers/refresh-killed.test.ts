import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../src/stores/contract.ts';
import * as sqlite from '../contract/open-sqlite.ts';
import { familiesOf, LEEWAY, OLD_ENOUGH } from '../support/families.ts';
import { clockAt } from '../support/sessions.ts';
import * as postgres from './open-postgres.ts';
import { type PostgresServer, startPostgres } from './start-postgres.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-killed-'));
let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true });
});

/** How a process ends that refreshes and dies of it, and what it printed. */
function refreshAndDie(...args: readonly string[]): Promise<readonly [string | null | undefined, string]> {
  const script = fileURLToPath(new URL('./refresh-and-die.ts', import.meta.url));
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ['--import', 'tsx', script, ...args], (error, stdout, stderr) =>
      resolve([error ? (error.signal ?? child.signalCode) : null, stdout + stderr]),
    );
  });
}

describe.each([
  ['SQLite', sqlite, '../contract/open-sqlite.ts', () => `file:${join(folder, 'store.db')}`],
  ['PostgreSQL', postgres, './open-postgres.ts', () => `${server.url}#killed_`],
] as const)('a process that is killed between the swap and the answer, on %s', (_, { open }, file, urlOf) => {
  it.each([
    ['another tab, within the leeway', undefined, undefined, LEEWAY, 'repeated'],
    ['the same attempt, after a night', 'attempt-of-22-characters', 'attempt-of-22-characters', 30_000, 'repeated'],
    ['somebody else, after a night', 'attempt-of-22-characters', undefined, 30_000, 'replayed'],
  ] as const)('and then %s', async (_name, attempt, retry, after, expected) => {
    const clock = clockAt();
    const { store, close } = await open(urlOf());
    try {
      const families = familiesOf({ store: store as Store });
      const { refreshToken } = await families.issue({ subject: 'ada' }, clock.context());
      clock.now += OLD_ENOUGH;
      const module = new URL(file, import.meta.url).href;
      const died = await refreshAndDie(
        module,
        urlOf(),
        refreshToken,
        attempt ?? 'attempt-of-somebody-else',
        `${clock.now}`,
      );
      expect(died).toEqual(['SIGKILL', '']);
      clock.now += after;
      const retried = await families.refresh(refreshToken, { attempt: retry }, clock.context());
      expect(retried.ok ? retried.answer : retried.reason).toBe(expected);
      if (!retried.ok) return;
      clock.now += OLD_ENOUGH;
      expect(await families.refresh(retried.refreshToken ?? '', {}, clock.context())).toMatchObject({
        answer: 'rotated',
      });
    } finally {
      await close();
    }
  });
});
