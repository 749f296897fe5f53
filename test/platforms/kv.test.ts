import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealedSession } from '../../src/schemes/sealed-session.ts';
import { session } from '../../src/schemes/session.ts';
import type { Store } from '../../src/stores/contract.ts';
import { type KvBinding, kvStore } from '../../src/stores/kv.ts';
import { ADA, add, keyOf, recordOf } from '../../src/testing/store-contract/fixture.ts';
import { apiKeys } from '../../src/tokens/api-keys.ts';
import { jwtRevocations } from '../../src/tokens/jwt-revocations.ts';
import { opaqueTokens } from '../../src/tokens/opaque-tokens.ts';
import { load, SECRET } from '../support/sessions.ts';
import { startWorkerd, type Workerd } from './start-workerd.ts';

const DAY = 86_400;
const NOW = Math.floor(Date.now() / 1000);
const KEY = keyOf(ADA, '1');

let workerd: Workerd;
let values: KvBinding;
let made = 0;
/** A beginning of keys that no other test has. */
const prefix = (): string => `test-${made++}`;

beforeAll(async () => {
  workerd = await startWorkerd();
  values = workerd.bindings.VALUES;
}, 30_000);
afterAll(() => workerd?.stop());

/** Counts what the binding is asked. */
function countedKv() {
  const counts = { get: 0, put: 0, delete: 0, list: 0 };
  const counted: KvBinding = {
    get(key) {
      counts.get++;
      return values.get(key);
    },
    put(...given) {
      counts.put++;
      return values.put(...given);
    },
    delete(key) {
      counts.delete++;
      return values.delete(key);
    },
    list(options) {
      counts.list++;
      return values.list(options);
    },
  };
  const cost = async (act: () => PromiseLike<unknown> | unknown) => {
    Object.assign(counts, { get: 0, put: 0, delete: 0, list: 0 });
    await act();
    return { ...counts };
  };
  const own = prefix();
  // Nothing here asks for what it does not promise.
  return { store: kvStore(counted, { prefix: own }) as Store<never> as Store, own, cost };
}

const kvOf = (): KvBinding => ({
  get: async () => null,
  put: async () => {},
  delete: async () => {},
  list: async () => ({ keys: [], list_complete: true }),
});

describe('kvStore()', () => {
  it('is refused by whatever must not be stale or lost: by the compiler, and at construction with the reason', () => {
    const store = kvStore(values);
    const why = /store: needs to be consistent: Workers KV .* take durableObjectStore or d1Store/;
    // @ts-expect-error The types say why, too.
    expect(() => session({ secret: SECRET, store, load })).toThrow(why);
    // @ts-expect-error
    expect(() => sealedSession({ secret: SECRET, store, load })).toThrow(why);
    // @ts-expect-error
    expect(() => apiKeys({ store, prefix: 'acme' })).toThrow(why);
    // @ts-expect-error
    expect(() => opaqueTokens({ store })).toThrow(why);
    // @ts-expect-error
    expect(() => jwtRevocations({ store })).toThrow(why);
  });

  it('counts nothing: a counter that loses steps is a limit that does not hold', async () => {
    const { store, cost } = countedKv();
    const step = { floor: 0, by: 0, ceiling: 5, expiresAt: NOW + 10 };
    const asked = await cost(() => expect(store.advance(KEY, step, NOW)).rejects.toThrow('Workers KV cannot count'));
    expect(asked).toEqual({ get: 0, put: 0, delete: 0, list: 0 });
  });

  it('reads by two gets at once', async () => {
    const { store, cost } = countedKv();
    expect(await cost(() => add(store, ADA, '1', NOW))).toEqual({ get: 2, put: 2, delete: 0, list: 0 });
    expect(await cost(() => store.read(KEY, NOW))).toEqual({ get: 2, put: 0, delete: 0, list: 0 });
    expect(await cost(() => store.endAll(ADA, NOW))).toEqual({ get: 1, put: 1, delete: 0, list: 0 });
  });

  it('lists by one get for each record that it shows, one more, and one for the epochs', async () => {
    const { store, cost } = countedKv();
    for (let index = 0; index < 10; index++) await add(store, ADA, `${index}`, NOW + index);
    expect(await cost(() => store.list(ADA, { limit: 4 }, NOW))).toEqual({ get: 6, put: 0, delete: 0, list: 1 });
    expect(await cost(() => store.list(ADA, { limit: 100 }, NOW))).toEqual({ get: 11, put: 0, delete: 0, list: 1 });
    expect(await store.list(ADA, { limit: 0 }, NOW)).toEqual({ records: [] });
  });

  it('lists more than KV shows at once', async () => {
    const { store, own, cost } = countedKv();
    const record = recordOf(ADA, NOW);
    expect(await workerd.ask({ store: 'KV', name: own, count: 1001, record })).toBe('');
    const ids = new Set<string>();
    const asked = await cost(async () => {
      for (let after: string | undefined = ''; after !== undefined; ) {
        const { records, next } = await store.list(ADA, { limit: 600, after }, NOW);
        for (const { id } of records) ids.add(id);
        after = next;
      }
    });
    expect(ids.size).toBe(1001);
    expect(asked.list).toBe(4);
  }, 60_000);

  it('lets KV sweep what has been dead for a day; a place in the list, when no touch could have kept its record', async () => {
    const own = prefix();
    const store = kvStore(values, { prefix: own });
    const now = Math.floor(Date.now() / 1000);
    await store.create(KEY, recordOf(ADA, now, { expiresAt: now + 1000, endsAt: now + 9000 }), now);
    await store.create(keyOf(ADA, '2'), recordOf(ADA, now, { expiresAt: now - 5000, endsAt: now - 5000 }), now);
    await store.endAll(ADA, now);
    const { keys } = await values.list({ prefix: own, cursor: null });
    const sweptAfter = keys.map(({ name, expiration }: { readonly name: string; readonly expiration?: number }) => [
      name.slice(own.length).replace(/\d{13}/, 'position'),
      expiration && Math.round((expiration - now - DAY) / 1000) * 1000,
    ]);
    expect(Object.fromEntries(sweptAfter)).toEqual({
      ':session:of-ada:r:1': 1000,
      ':session:of-ada:s:ada:position:1': 9000,
      ':session:of-ada:r:2': 0,
      ':session:of-ada:s:ada:position:2': 0,
      ':session:of-ada:e': undefined,
    });
  });

  it('throws where it could not look: KV fails, hangs, or holds what nobody wrote', async () => {
    const of = (get: KvBinding['get']) => kvStore({ ...kvOf(), get }, { timeout: 0.05 });
    await expect(of(() => Promise.reject(new Error('429'))).read(KEY, NOW)).rejects.toThrow('429');
    await expect(of(() => new Promise(() => {})).read(KEY, NOW)).rejects.toThrow('did not answer within 0.05 s');
    await expect(of(async () => 'not JSON').read(KEY, NOW)).rejects.toThrow();
  });

  it.each([undefined, null, {}, 'FLAGS', { get: () => {}, put: () => {} }])('refuses %j for a binding', (other) => {
    expect(() => kvStore(other as unknown as KvBinding)).toThrow(TypeError);
    expect(() => kvStore(other as unknown as KvBinding)).toThrow('kv_namespaces');
  });

  it.each([
    [{ timeout: 0 }, 'timeout'],
    [{ timeout: '5' }, 'timeout'],
    [{ prefix: '' }, 'prefix'],
    [{ prefix: 'a:b' }, 'prefix'],
    [{ prefix: 'x'.repeat(65) }, 'prefix'],
    [{ prefix: 5 }, 'prefix'],
    [{ cacheTtl: 60 }, "no option 'cacheTtl'"],
  ])('refuses %j', (options, message) => {
    expect(() => kvStore(kvOf(), options as object)).toThrow(TypeError);
    expect(() => kvStore(kvOf(), options as object)).toThrow(message);
  });
});
