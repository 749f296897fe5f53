import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient } from '@libsql/client';
import { afterAll, describe, expect, it } from 'vitest';
import { type LibsqlClient, type SqlStoreOptions, sqliteSchema, sqliteStore } from '../../src/stores/sqlite.ts';
import { ADA, keyOf, recordOf } from '../../src/testing/store-contract/fixture.ts';
import { storeCases } from '../../src/testing/store-contract/store-contract.ts';
import { recordLibsql } from './recording-clients.ts';
import { sqlCases } from './sql-cases.ts';
import { expectIndexes, explainSqlite } from './sql-plans.ts';
import { fillTables } from './sql-rows.ts';

const ROUNDS = Number(process.env.RACE_ROUNDS ?? 10);
const NOW = 1_800_000_000;
const folder = mkdtempSync(join(tmpdir(), 'countersign-sqlite-'));
const clients: Client[] = [];
afterAll(() => {
  for (const client of clients) client.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(url = ':memory:'): Client {
  const client = createClient({ url });
  clients.push(client);
  return client;
}

async function emptyStore() {
  const store = sqliteStore(open());
  await store.createTables();
  return store;
}

describe('the contract, on libsql', () => {
  for (const [name, run] of storeCases(emptyStore, { rounds: ROUNDS })) it(name, () => run());
});

describe('on libsql', () => {
  it.each(sqlCases)('%s', async (_, run) => {
    const { client, calls } = recordLibsql(open());
    const store = sqliteStore(client);
    await store.createTables();
    await run({ store, calls });
  });

  it('finds by an index whatever it looks for', async () => {
    const url = `file:${folder}/plans.db`;
    const db = open(url);
    const { client, calls } = recordLibsql(db);
    const store = sqliteStore(client);
    await store.createTables();
    await db.batch([...fillTables(5000)], 'write');
    // By a connection of its own: the client leaves a statement that was explained in progress.
    const explain = explainSqlite(open(url));
    await expectIndexes({ store, calls, explain, primary: (table) => `sqlite_autoindex_${table}_1` }, 5000);
  });
});

describe('a connection that was refused once', () => {
  it('acknowledges nothing that others don’t see (tursodatabase/libsql-client-ts#352)', async () => {
    const url = `file:${folder}/refused.db`;
    const [holder, user, reader] = [open(url), open(url), open(url)];
    const store = sqliteStore(user, { timeout: 0.05 });
    await store.createTables();
    const held = await holder.transaction('write');
    await expect(store.create(keyOf(ADA, 'refused'), recordOf(ADA, NOW), NOW)).rejects.toThrow();
    await held.rollback();
    const told: string[] = [];
    for (const id of ['1', '2', '3', '4', '5']) {
      const create = async () => store.create(keyOf(ADA, id), recordOf(ADA, NOW), NOW);
      if (await create().catch(() => false)) told.push(id);
    }
    const seen = await sqliteStore(reader).list(ADA, { limit: 9 }, NOW);
    expect(seen.records.map(({ id }) => id)).toEqual(told);
  });
});

describe('one file in two connections', () => {
  it('is one store: what the one writes the other reads, and the clock of neither matters', async () => {
    const [one, other] = [0, 1].map(() => sqliteStore(open(`file:${folder}/shared.db`)));
    await Promise.all([one?.createTables(), other?.createTables()]);
    expect(await one?.create(keyOf(ADA, '1'), recordOf(ADA, NOW), NOW)).toBe(true);
    expect(await other?.read(keyOf(ADA, '1'), NOW)).toMatchObject({ subject: 'ada' });
    expect(await other?.endAll(ADA, NOW)).toBe(1);
    expect(await one?.read(keyOf(ADA, '1'), NOW)).toBeUndefined();
  });
});

describe('a database that fails', () => {
  it('is no answer: without its tables, and closed', async () => {
    const client = open();
    const store = sqliteStore(client);
    const key = keyOf(ADA, '1');
    const calls = () => [
      store.create(key, recordOf(ADA, NOW), NOW),
      store.read(key, NOW),
      store.delete(key, NOW),
      store.list(ADA, { limit: 1 }, NOW),
      store.endAll(ADA, NOW),
      store.endAll(ADA, NOW, '1'),
      store.epoch(ADA),
      store.advance(key, { floor: 0, by: 1, ceiling: 1, expiresAt: NOW + 1 }, NOW),
    ];
    for (const call of calls()) await expect(call).rejects.toThrow(/no such table/);
    client.close();
    for (const call of calls()) await expect(call).rejects.toThrow();
  });

  it('is one that hangs, too', async () => {
    const hang = () => new Promise<never>(() => {});
    const store = sqliteStore({ execute: hang, batch: hang }, { timeout: 0.05 });
    await expect(store.read(keyOf(ADA, '1'), NOW)).rejects.toThrow('the store did not answer within 0.05 s');
    await expect(store.endAll(ADA, NOW, '1')).rejects.toThrow('did not answer');
    await expect(store.createTables()).rejects.toThrow('did not answer');
  });
});

describe('sqliteStore()', () => {
  it('keeps to the tables of its prefix', async () => {
    const client = open();
    const stores = [sqliteStore(client), sqliteStore(client, { prefix: 'other_' })];
    for (const store of stores) await store.createTables();
    expect(await stores[0]?.create(keyOf(ADA, '1'), recordOf(ADA, NOW), NOW)).toBe(true);
    expect(await stores[1]?.read(keyOf(ADA, '1'), NOW)).toBeUndefined();
    const { rows } = await client.execute('SELECT subject FROM countersign_records');
    expect(rows.map(({ subject }) => subject)).toEqual(['ada']);
  });

  it('prints the tables that it makes, which a tool can make as well', async () => {
    const [made, printed] = [open(), open()];
    await sqliteStore(made).createTables();
    await printed.executeMultiple(sqliteSchema());
    const schemaOf = async (client: Client) =>
      (await client.execute('SELECT sql FROM sqlite_schema ORDER BY name')).rows;
    expect(await schemaOf(printed)).toEqual(await schemaOf(made));
    expect(sqliteSchema('other_')).toContain('CREATE TABLE IF NOT EXISTS other_records (\n  kind TEXT NOT NULL,\n');
  });

  it.each<[string, object]>([
    ['timeout', { timeout: 0 }],
    ['timeout', { timeout: '5' }],
    ['timeout', { timeout: Number.NaN }],
    ['prefix', { prefix: '' }],
    ['prefix', { prefix: 'a; DROP TABLE users; --' }],
    ['prefix', { prefix: 'a.b_' }],
    ['prefix', { prefix: 'a"' }],
    ['prefix', { prefix: `a${'b'.repeat(40)}` }],
    ['prefix', { prefix: 5 }],
    ["no option 'ttl'", { ttl: 5 }],
    ["no option '__proto__'", JSON.parse('{"__proto__":1}')],
  ])('refuses with %s: %j', (names, options) => {
    expect(() => sqliteStore(open(), options as SqlStoreOptions)).toThrow(TypeError);
    expect(() => sqliteStore(open(), options as SqlStoreOptions)).toThrow(names);
  });

  it.each([{}, { query: () => {} }, { prepare: () => {} }])('refuses %j for a client', (db) => {
    expect(() => sqliteStore(db as LibsqlClient)).toThrow(TypeError);
    expect(() => sqliteStore(db as LibsqlClient)).toThrow('@libsql/client');
  });
});
