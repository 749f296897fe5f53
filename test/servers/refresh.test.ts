import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Store } from '../../src/stores/contract.ts';
import * as sqlite from '../contract/open-sqlite.ts';
import { refreshCases } from '../contract/refresh-cases.ts';
import { type Opened, type OtherProcess, type StoreModule, startOtherProcess } from '../contract/two-processes.ts';
import * as mariadb from './open-mariadb.ts';
import * as postgres from './open-postgres.ts';
import * as redis from './open-redis.ts';
import { startMariadb } from './start-mariadb.ts';
import { startPostgres } from './start-postgres.ts';
import { startRedis } from './start-redis.ts';

/** In one process, and with every second call in another. MariaDB writes to its disk each time: fewer there. */
const roundsOf = (name: string) => ({
  one: Number(process.env.RACE_ROUNDS ?? (name === 'MariaDB' ? 100 : 1000)),
  two: Number(process.env.RACE_ROUNDS ?? (name === 'MariaDB' ? 20 : 100)),
});

interface Backend {
  readonly module: StoreModule;
  readonly file: string;
  /** Gives the URL of an empty store, by its number. */
  start(): Promise<{ urlOf(number: number): string; stop(): unknown }>;
}

const backends: Readonly<Record<string, Backend>> = {
  SQLite: {
    module: sqlite,
    file: '../contract/open-sqlite.ts',
    async start() {
      const folder = mkdtempSync(join(tmpdir(), 'countersign-refresh-'));
      return {
        urlOf: (number) => `file:${join(folder, `${number}.db`)}`,
        stop: () => rmSync(folder, { recursive: true }),
      };
    },
  },
  PostgreSQL: {
    module: postgres,
    file: './open-postgres.ts',
    async start() {
      const { url, stop } = await startPostgres();
      return { urlOf: (number) => `${url}#refresh${number}_`, stop };
    },
  },
  MariaDB: {
    module: mariadb,
    file: './open-mariadb.ts',
    async start() {
      const { url, stop } = await startMariadb();
      return { urlOf: (number) => `${url}#refresh${number}_`, stop };
    },
  },
  Redis: {
    module: redis,
    file: './open-redis.ts',
    async start() {
      const server = await startRedis('--appendonly', 'no');
      return { urlOf: (number) => `redis://127.0.0.1:${server.port}/#refresh-${number}`, stop: () => server.stop() };
    },
  },
};

describe.each(Object.entries(backends))('families on %s', (backend, { module, file, start }) => {
  const rounds = roundsOf(backend);
  let server: Awaited<ReturnType<Backend['start']>>;
  let other: OtherProcess;
  let made = 0;
  beforeAll(async () => {
    server = await start();
    other = await startOtherProcess(new URL(file, import.meta.url).href);
  });
  afterAll(async () => {
    await other?.stop();
    await server?.stop();
  });

  const run = async (use: (here: Opened, url: string) => Promise<void>): Promise<void> => {
    const url = server.urlOf(++made);
    const opened = await module.open(url);
    try {
      await use(opened, url);
    } finally {
      await opened.close();
    }
  };

  for (const [name, runCase] of refreshCases({ rounds: rounds.one, users: 200 })) {
    it(`one process: ${name}`, () => run(({ store }) => runCase(async () => [store as Store])), 900_000);
  }
  for (const [name, runCase] of refreshCases({ rounds: rounds.two, users: 20 })) {
    it(
      `two processes: ${name}`,
      () => run(({ store }, url) => runCase(async () => [store as Store, await other.open(url)])),
      900_000,
    );
  }
});
