import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/stores/memory.ts';
import { open } from './open-sqlite.ts';
import { type Opened, type OtherProcess, startOtherProcess, twoProcessCases } from './two-processes.ts';

const rounds = Number(process.env.RACE_ROUNDS ?? 5);
const urlOf = (module: string): string => new URL(module, import.meta.url).href;

describe('SQLite, one file and two processes', () => {
  let folder: string;
  let other: OtherProcess;
  let opened: Opened | undefined;
  let made = 0;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'countersign-two-'));
    other = await startOtherProcess(urlOf('./open-sqlite.ts'));
  }, 60_000);
  afterEach(() => opened?.close());
  afterAll(async () => {
    await other?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const createStore = async () => {
    const url = `file:${join(folder, `${++made}.db`)}`;
    opened = await open(url);
    return { store: opened.store, url };
  };
  for (const [name, run] of twoProcessCases(() => other, createStore, { rounds })) it(name, () => run(), 600_000);

  it('is asked by two processes indeed', () => {
    expect(other.pid).not.toBe(process.pid);
    expect(other.calls).toBeGreaterThan(1000);
  });
});

describe('memory, which two processes do not share', () => {
  let other: OtherProcess;
  beforeAll(async () => {
    other = await startOtherProcess(urlOf('./open-memory.ts'));
  }, 60_000);
  afterAll(() => other?.stop());

  const createStore = async () => ({ store: memoryStore(), url: 'memory' });
  // Whoever looks in one of two memories deletes once at most, too: nothing else is asked by that one.
  const telling = twoProcessCases(() => other, createStore, { rounds: 10 }).filter(
    ([name]) => !name.endsWith('delete: of many who end a record, one is told so'),
  );
  it.each(telling)('is caught by %s', async (_, run) => {
    await expect(run()).rejects.toThrow();
  });
});

describe('another process', () => {
  it('passes a failure on, and says when it has ended', async () => {
    const other = await startOtherProcess(urlOf('./open-memory.ts'));
    const store = await other.open('memory');
    const step = { floor: 0, by: 1, ceiling: 1, expiresAt: 1 };
    await expect(store.advance(null as never, step, 0)).rejects.toThrow('in the other process: TypeError');
    const asked = store.epoch({ kind: 'session', partition: 'of-ada', subject: 'ada' });
    await other.stop();
    await expect(Promise.resolve(asked).then(() => store.epoch(null as never))).rejects.toThrow();
  }, 60_000);
});
