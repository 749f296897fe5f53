import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '../../src/stores/contract.ts';
import { open } from '../contract/open-sqlite.ts';

/** Runs something over two connections to one new file of SQLite, as two processes have; both are gone afterwards. */
export async function withTwoConnections(run: (stores: readonly Store[]) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-two-'));
  const url = `file:${join(folder, 'store.db')}`;
  const opened = [await open(url), await open(url)];
  try {
    await run(opened.map(({ store }) => store as Store));
  } finally {
    for (const each of opened) each.close();
    rmSync(folder, { recursive: true });
  }
}
