import { expect } from 'vitest';
import { session } from '../../src/schemes/session.ts';
import type { RecordKey } from '../../src/stores/contract.ts';
import type { SqlCall } from '../../src/stores/sql-compile.ts';
import type { SqlStore } from '../../src/stores/sql-store.ts';
import { ADA, changeOf, EVE, keyOf, recordOf } from '../../src/testing/store-contract/fixture.ts';
import { apiKeys } from '../../src/tokens/api-keys.ts';
import { manageApiKeys } from '../../src/tokens/manage-api-keys.ts';
import { opaqueTokens } from '../../src/tokens/opaque-tokens.ts';
import { admittedOf500 } from '../support/limit-race.ts';
import { Browser, clockAt, load, SECRET, START } from '../support/sessions.ts';

/** A store whose tables are empty, and what its driver has been asked so far. */
interface RecordedStore {
  readonly store: SqlStore;
  readonly calls: readonly SqlCall[];
}

type SqlCase = readonly [name: string, run: (made: RecordedStore) => Promise<void>];

/** Of a sweep, which comes now and then behind a write, as the id has it. */
const A_SWEEP = /^DELETE FROM .*\bexpires_at <= /;

/** The statements that something takes. */
async function asked({ calls }: RecordedStore, act: () => PromiseLike<unknown> | unknown): Promise<readonly string[]> {
  const before = calls.length;
  await act();
  return calls
    .slice(before)
    .map(({ sql }) => sql)
    .filter((sql) => !A_SWEEP.test(sql));
}

const A_READ = /^SELECT /;
const A_CONDITIONAL_WRITE = /^UPDATE .* WHERE .*\br\.version = [$?]/;

/** What holds for each database that speaks SQL, beyond the contract. */
export const sqlCases: readonly SqlCase[] = [
  [
    'a session is read by 1 statement and renewed by 1; a rotation is a read and a conditional write; all of them end by 1',
    async (made) => {
      const clock = clockAt();
      const sessions = session({ secret: SECRET, store: made.store, load, lifetime: { idle: 1000, absolute: 9000 } });
      const browser = new Browser();
      browser.take((await sessions.issue(browser.request(), { subject: 'ada' }, clock.context())).effects);
      const visit = async () => sessions.authenticate(browser.request(), clock.context());

      const read = expect.stringMatching(A_READ);
      expect(await asked(made, visit)).toEqual([read]);
      clock.now = START + 600;
      expect(await asked(made, visit)).toEqual([read, expect.stringMatching(/^UPDATE .* SET used_at = /)]);
      const accepted = await visit();
      if (accepted.kind !== 'accepted') throw new Error(`visit was ${accepted.kind}`);
      const rotate = () => sessions.rotate(accepted, {}, clock.context());
      expect(await asked(made, rotate)).toEqual([read, expect.stringMatching(A_CONDITIONAL_WRITE)]);
      expect(await asked(made, () => sessions.revokeAll('ada', clock.context()))).toHaveLength(1);
    },
  ],
  [
    'a token is read by 1 statement, and garbage by none; it ends by 1, and so do all of a subject',
    async (made) => {
      const clock = clockAt();
      const tokens = opaqueTokens({ store: made.store });
      const [{ token, record }, other] = [
        await tokens.issue({ subject: 'ada' }, clock.context()),
        await tokens.issue({ subject: 'ada' }, clock.context()),
      ];
      const verify = (text: string) => async () => tokens.verify(text, clock.context());

      expect(await asked(made, verify(token))).toEqual([expect.stringMatching(A_READ)]);
      expect(await asked(made, verify(`${token.slice(0, -1)}!`))).toEqual([]);
      expect(await asked(made, () => tokens.revoke('ada', record.id, clock.context()))).toHaveLength(1);
      expect(await asked(made, () => tokens.revokeAll('ada', clock.context()))).toHaveLength(1);
      expect(await verify(other.token)()).toBe('invalid');
    },
  ],
  [
    'an API key is read by 1 statement and nothing is written for its use, garbage by none; a rotation is a read and two writes',
    async (made) => {
      const clock = clockAt();
      const keys = apiKeys({ store: made.store, prefix: 'acme' });
      const manage = manageApiKeys(keys);
      const { key, record } = await manage.create({ subject: 'ada' }, clock.context());
      const verify = (text: string) => async () => keys.verify(text, clock.context());

      const read = expect.stringMatching(A_READ);
      expect(await asked(made, verify(key))).toEqual([read]);
      expect(await asked(made, verify(`${key.slice(0, -1)}${key.endsWith('0') ? 1 : 0}`))).toEqual([]);
      const rotate = () => manage.rotate('ada', record.id, {}, clock.context());
      const [first, second, third, ...more] = await asked(made, rotate);
      expect([first, third, more]).toEqual([read, expect.stringMatching(A_CONDITIONAL_WRITE), []]);
      expect(second).toMatch(/^INSERT INTO /);
      expect(await asked(made, () => manage.revokeAll('ada', clock.context()))).toHaveLength(1);
      expect(await verify(key)()).toBe('invalid');
    },
  ],
  [
    'of 500 requests at once a limit of 5 lets in 5',
    async ({ store }) => {
      expect(await admittedOf500(store)).toEqual([5, 5]);
    },
  ],
  [
    'each verb is one statement where nobody is in the way',
    async (made) => {
      const { store } = made;
      const [now, key] = [START, keyOf(ADA, 'key')];
      const touch = { at: now + 1, ifBefore: now, expiresAt: now + 200 };
      const step = { floor: 0, by: 1, ceiling: 9, expiresAt: now + 10 };
      await store.advance(key, step, now);
      const acts: Record<string, () => PromiseLike<unknown> | unknown> = {
        create: () => store.create(key, recordOf(ADA, now), now),
        read: () => store.read(key, now),
        touch: () => store.touch(key, touch),
        swap: () => store.swap(key, 1, changeOf(now), now),
        'swap to another id': () => store.swap(key, 2, changeOf(now), now, 'other'),
        list: () => store.list(ADA, { limit: 10 }, now),
        epoch: () => store.epoch(ADA),
        delete: () => store.delete(keyOf(ADA, 'other'), now),
        endAll: () => store.endAll(ADA, now),
        'advance by 0': () => store.advance(key, { ...step, by: 0 }, now),
        advance: () => store.advance(key, step, now),
        'advance back': () => store.advance(key, { ...step, by: -1 }, now),
      };
      for (const [name, act] of Object.entries(acts)) expect(await asked(made, act), name).toHaveLength(1);
    },
  ],
  [
    'createTables is safe to repeat, also many times at once, and keeps what is there',
    async ({ store }) => {
      const key = keyOf(ADA, '1');
      expect(await store.create(key, recordOf(ADA, START), START)).toBe(true);
      await Promise.all(Array.from({ length: 5 }, () => store.createTables()));
      expect(await store.read(key, START)).toMatchObject({ subject: 'ada' });
    },
  ],
  [
    'sweep deletes what has expired, records and counters, no more than it is told, and nothing that is alive',
    async ({ store }) => {
      for (let index = 0; index < 12; index++) {
        const record = recordOf(ADA, START, { expiresAt: START + index });
        await store.create(keyOf(ADA, `${index}`), record, START - 1);
      }
      const step = { floor: 0, by: 1, ceiling: 9, expiresAt: START + 3 };
      await store.advance(keyOf(ADA, 'old'), step, START);
      await store.advance(keyOf(ADA, 'new'), { ...step, expiresAt: START + 100 }, START);
      expect(await store.sweep(START + 5, 4)).toBe(5);
      expect(await store.sweep(START + 5, 4)).toBe(2);
      expect(await store.sweep(START + 5)).toBe(0);
      // By an earlier clock what is dead would show, if it was there.
      const { records } = await store.list(ADA, { limit: 100 }, START - 10);
      expect(records.map(({ id }) => Number(id)).sort((a, b) => a - b)).toEqual([6, 7, 8, 9, 10, 11]);
      expect(await store.advance(keyOf(ADA, 'new'), { ...step, by: 0 }, START)).toEqual({ ok: true, value: 1 });
    },
  ],
  [
    'dead records go while others come, without a sweep',
    async ({ store }) => {
      const [day, dead] = [86_400, 300];
      const add = (key: RecordKey, now: number) => store.create(key, recordOf(EVE, now), now);
      for (let index = 0; index < dead; index++) await add(keyOf(EVE, `dead ${index}`), START);
      for (let index = 0; index < 400; index++) await add(keyOf(EVE, `new ${index}`), START + day + index);
      const { records } = await store.list(EVE, { limit: 1000 }, START - 10);
      expect(records.filter(({ id }) => id.startsWith('dead'))).toEqual([]);
      expect(records.filter(({ id }) => id.startsWith('new'))).toHaveLength(400);
    },
  ],
];
