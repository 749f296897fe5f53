import { Pool } from 'pg';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresStore } from '../../src/stores/postgres.ts';
import { type PostgresServer, startPostgres } from './start-postgres.ts';
import { type Application, applicationOn, underLoad } from './under-load.ts';

const VISITORS = 50;
const KILLS = 3;
let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server?.stop());

const openers = {
  pg: () => {
    const pool = new Pool({ connectionString: server.url, max: 10 });
    pool.on('error', () => {});
    return { store: postgresStore(pool, { timeout: 1 }), close: () => pool.end() };
  },
  postgres: () => {
    const sql = postgres(server.url, { max: 10 });
    return { store: postgresStore(sql, { timeout: 1 }), close: () => sql.end({ timeout: 1 }) };
  },
};

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Drivers wait for a while before they try to connect again. */
async function untilWell({ visit }: Application, browser: Parameters<Application['visit']>[0]): Promise<void> {
  for (let well = 0, tries = 0; well < 20; tries++) {
    well = (await visit(browser)) === 200 ? well + 1 : 0;
    if (tries > 300) throw new Error('the application is not well again');
    if (!well) await wait(100);
  }
}

describe.each(Object.entries(openers))('a PostgreSQL that is killed under load, by %s', (kind, open) => {
  it('is 503 while it is down; afterwards everybody is signed in, and nothing is lost that was acknowledged', async () => {
    const { store, close } = open();
    await store.createTables();
    const application = applicationOn(store);
    const names = Array.from({ length: VISITORS }, (_, index) => `visitor ${index} by ${kind}`);
    const visitors = await Promise.all(names.map(application.signInVisitor));
    const probe = await application.signIn('probe');
    // Before anybody counts: else what was counted meanwhile would be missing in the end.
    const countedBefore = await application.count(0);
    const { told, enter, stop } = underLoad(application, visitors);
    for (let kills = 0; kills < KILLS; kills++) {
      await wait(700);
      enter('between');
      await server.kill();
      enter('down');
      await wait(2500);
      enter('between');
      await server.start();
      await untilWell(application, probe);
      enter('up');
    }
    await wait(700);
    await stop();

    expect(told.statuses).toEqual({ up: new Set([200]), down: new Set([503]), between: new Set([200, 503]) });
    expect(told.visits.up).toBeGreaterThan(VISITORS * KILLS);
    expect(told.visits.down).toBeGreaterThanOrEqual(VISITORS);
    for (const some of [told.failed, told.signedIn.length, told.signedOut.length]) expect(some).toBeGreaterThan(0);
    for (const browser of [...visitors, ...told.signedIn]) expect(await application.visit(browser)).toBe(200);
    for (const browser of told.signedOut) expect(await application.visit(browser)).toBe(401);
    expect(await application.written()).toEqual({ subjects: VISITORS / 2, lost: [] });
    expect(await Promise.all(names.map(application.wasRenewed))).toEqual(names.map(() => true));
    expect((await application.count(0)) - countedBefore).toBeGreaterThanOrEqual(told.counted);
    await close();
  });
});
