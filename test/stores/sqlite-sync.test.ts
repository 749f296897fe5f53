import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import { sqliteStore } from '../../src/stores/sqlite.ts';
import { ADA, keyOf, recordOf } from '../../src/testing/store-contract/fixture.ts';
import { storeCases } from '../../src/testing/store-contract/store-contract.ts';

const NOW = 1_800_000_000;

/** Through a driver that answers at once; `libsql` has the methods of `better-sqlite3`. See also test/platforms. */
async function emptyStore() {
  const store = sqliteStore(new Database(':memory:'));
  await store.createTables();
  return store;
}

describe('the contract, on a driver that answers at once', () => {
  for (const [name, run] of storeCases(emptyStore, { rounds: 10 })) it(name, () => run());
});

describe('a transaction of it', () => {
  it('is rolled back where it fails, and the connection is good afterwards', async () => {
    const db = new Database(':memory:');
    const store = sqliteStore(db);
    await store.createTables();
    await store.create(keyOf(ADA, '1'), recordOf(ADA, NOW), NOW);
    db.exec('ALTER TABLE countersign_epochs RENAME TO hidden');
    await expect(store.endAll(ADA, NOW, '1')).rejects.toThrow(/no such table/);
    db.exec('ALTER TABLE hidden RENAME TO countersign_epochs');
    expect(await store.endAll(ADA, NOW, '1')).toBe(1);
    expect(await store.read(keyOf(ADA, '1'), NOW)).toMatchObject({ epoch: 1 });
  });
});
