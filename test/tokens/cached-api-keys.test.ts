import { createClient } from '@libsql/client';
import { describe, expect, it } from 'vitest';
import { apiKey } from '../../src/schemes/api-key.ts';
import { cachedStore } from '../../src/stores/cached.ts';
import { sqliteStore } from '../../src/stores/sqlite.ts';
import { apiKeys } from '../../src/tokens/api-keys.ts';
import { manageApiKeys } from '../../src/tokens/manage-api-keys.ts';
import { opaqueTokens } from '../../src/tokens/opaque-tokens.ts';
import { requestOf } from '../support/request.ts';
import { clockAt, countingStore, START } from '../support/sessions.ts';

/** Two processes with caches before one database, which counts what each of them asks. */
async function twoProcesses() {
  const database = sqliteStore(createClient({ url: ':memory:', timeout: 5000 }));
  await database.createTables();
  const make = () => {
    const store = countingStore(database);
    const cached = cachedStore(store, { maxAge: 300, pollEvery: 2 });
    const keys = apiKeys({ store: cached, prefix: 'acme' });
    return { store, keys, cached, manage: manageApiKeys(keys) };
  };
  return [make(), make()] as const;
}

describe('API keys with a cache', () => {
  it('a warm one costs no read and no write, and one that was revoked elsewhere dies within twice pollEvery', async () => {
    const [here, there] = await twoProcesses();
    const { key, record } = await here.manage.create({ subject: 'ada' }, clockAt(START).context());
    const api = apiKey({ keys: there.keys });
    const ask = async (seconds: number) =>
      api.authenticate(requestOf({ 'x-api-key': key }), clockAt(START + seconds).context());

    expect((await ask(0)).kind).toBe('accepted');
    there.store.reset();
    for (let n = 0; n < 1000; n++) {
      const outcome = await ask(1);
      expect(outcome).toMatchObject({ kind: 'accepted', freshness: START });
    }
    expect(there.store.total).toBe(0);

    await here.manage.revoke('ada', record.id, clockAt(START + 1).context());
    expect(await ask(5)).toMatchObject({ kind: 'rejected', reason: 'revoked' });
  });

  it('at once for whoever asks fresh, and at the process that revoked', async () => {
    const [here, there] = await twoProcesses();
    const { key, record } = await here.manage.create({ subject: 'ada' }, clockAt(START).context());
    for (const { keys } of [here, there]) await keys.verify(key, clockAt(START).context());
    await here.manage.revoke('ada', record.id, clockAt(START + 1).context());
    expect(await here.keys.verify(key, clockAt(START + 1).context())).toBe('revoked');
    expect(await there.keys.verify(key, clockAt(START + 1).context({ fresh: true }))).toBe('revoked');
  });

  it('opaque tokens say how old the answer is, too', async () => {
    const [{ cached }] = await twoProcesses();
    const tokens = opaqueTokens({ store: cached });
    const { token } = await tokens.issue({ subject: 'ada' }, clockAt(START).context());
    expect(await tokens.verify(token, clockAt(START).context())).toMatchObject({ freshness: undefined });
    expect(await tokens.verify(token, clockAt(START + 1).context())).toMatchObject({ freshness: START });
  });
});
