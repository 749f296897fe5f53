import { describe, expect, it } from 'vitest';
import { totp } from '../../src/passwords/totp.ts';
import type { Store } from '../../src/stores/contract.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { clockAt, START, slowStore } from '../support/sessions.ts';
import { withTwoConnections } from '../support/two-connections.ts';

const CALLERS = 100;

/**
 * Stores at which all callers arrive before the first of them is let in. Their HMACs are done at different times, by other threads:
 * without this each would be through before the next one comes, and nothing would race.
 */
function gated(stores: readonly Store[]): readonly Store[] {
  let waiting: (() => void)[] = [];
  const arrive = (): Promise<void> =>
    new Promise((resolve) => {
      waiting.push(resolve);
      if (waiting.length < CALLERS) return;
      for (const enter of waiting) enter();
      waiting = [];
    });
  return stores.map((store) => ({
    ...store,
    advance: async (...given) => {
      await arrive();
      return store.advance(...given);
    },
  }));
}

/** What 100 submissions of good codes at once, through one object each, are told. @returns The periods that were accepted. */
async function submit(stores: readonly Store[], secret: string, codes: readonly string[]): Promise<readonly number[]> {
  const context = clockAt().context();
  const results = await Promise.all(
    Array.from({ length: CALLERS }, (_, caller) =>
      totp({ issuer: 'Acme', store: stores[caller % stores.length] as Store }).verify(
        secret,
        codes[(caller * 7) % codes.length],
        context,
      ),
    ),
  );
  for (const result of results) if (!result.ok) expect(result.reason).toBe('replayed');
  return results.flatMap((result) => (result.ok ? [result.step] : []));
}

async function race(inner: readonly Store[], rounds: number): Promise<void> {
  const stores = gated(inner);
  const apps = totp({ issuer: 'Acme', store: memoryStore() });
  for (let round = 0; round < rounds; round++) {
    const { secret } = apps.create('ada');
    const code = await apps.code(secret, clockAt().context());
    expect(await submit(stores, secret, [code]), `round ${round}`).toEqual([START / 30]);
    // Three codes are good at once. Whichever comes first, none is accepted twice, nor an earlier one after a later one.
    const other = apps.create('ada').secret;
    const three = await Promise.all([-30, 0, 30].map((offset) => apps.code(other, clockAt(START + offset).context())));
    const steps = await submit(stores, other, three);
    expect(new Set(steps).size).toBe(steps.length);
    expect(steps).toContain(START / 30 + 1);
    expect(await submit(stores, other, three)).toEqual([]);
  }
}

// better-auth 664c1d7a and #9993: one-time codes that were used twice at once.
describe(`of ${CALLERS} who submit one code at once exactly one is accepted`, () => {
  it('in memory', async () => {
    await race([memoryStore()], 10);
  });

  it('over a store that takes its time, 50 rounds', async () => {
    await race([slowStore(memoryStore())], 50);
  });

  it('by two connections to one file', { timeout: 60_000 }, async () => {
    await withTwoConnections((stores) => race(stores, 5));
  });

  it('and a store that reads before it writes would show here', async () => {
    const counters = new Map<string, number>();
    const broken: Store = {
      ...memoryStore(),
      async advance({ id }, { floor, by, ceiling }) {
        const value = Math.max(counters.get(id) ?? 0, floor);
        await null;
        if (value + by <= ceiling) counters.set(id, value + by);
        return { ok: value + by <= ceiling, value };
      },
    };
    await expect(race([broken], 1)).rejects.toThrow('round 0');
  });
});
