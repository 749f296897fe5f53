import { protectWorker, worker, workerContext } from 'countersign/cloudflare';
import { memoryStore } from 'countersign/memory-store';
import { sealedSession } from 'countersign/sealed-session';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { bundledByWrangler } from './bundles.ts';
import { startMiniflare, type Workerd } from './start-miniflare.ts';

interface Env {
  SECRET: string;
}

const ctx = { waitUntil: (promise: Promise<unknown>) => void promise.catch(() => {}) };
const ask = (of: { fetch(request: Request, env: Env, given: typeof ctx): Promise<Response> }, env: Env, headers = {}) =>
  of.fetch(new Request('https://app.example/', { headers }), env, ctx);

describe('worker', () => {
  test('makes nothing before the first request, and then one handler for each env', async () => {
    const create = vi.fn(
      ({ SECRET }: Env) =>
        () =>
          new Response(SECRET),
    );
    const made = worker(create);
    expect(create).not.toHaveBeenCalled();
    const [one, other] = [{ SECRET: 'one' }, { SECRET: 'other' }];
    const answers = await Promise.all([one, other, one, other, one].map((env) => ask(made, env)));
    expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(['one', 'other', 'one', 'other', 'one']);
    expect(create).toHaveBeenCalledTimes(2);
  });

  test('a bad secret is a 503 at each request, of which onError hears, until it is a good one', async () => {
    const onError = vi.fn();
    const made = worker(
      ({ SECRET }: Env) => {
        const sessions = sealedSession({ secret: SECRET, store: memoryStore(), load: () => ({ name: 'ada' }) });
        return protectWorker(sessions, () => new Response('welcome'));
      },
      { onError },
    );
    const env = { SECRET: 'short' };
    for (const times of [1, 2]) {
      const response = await ask(made, env);
      const { headers } = response;
      expect([response.status, headers.get('cache-control'), headers.get('www-authenticate')]).toEqual([
        503,
        'no-store',
        null,
      ]);
      expect(onError).toHaveBeenCalledTimes(times);
    }
    expect(onError.mock.calls[0]?.[0]).toBeInstanceOf(TypeError);
    expect(String(onError.mock.calls[0]?.[0])).toContain('secret');
    env.SECRET = 'a secret for tests, of 32 bytes..';
    expect((await ask(made, env)).status).toBe(401);
  });

  test('what a handler throws is not its to catch', async () => {
    const made = worker<Env>(() => () => {
      throw new Error('the handler fails');
    });
    await expect(ask(made, { SECRET: '' })).rejects.toThrow('the handler fails');
  });
});

describe('workerContext', () => {
  const context = (headers = {}) => workerContext(new Request('https://app.example/', { headers }), { A: 1 }, ctx);

  test('has the bindings, and the address that Cloudflare wrote, of no other header', () => {
    const given = context({ 'cf-connecting-ip': '192.0.2.1', 'x-forwarded-for': '203.0.113.9' });
    expect([given.bindings, given.address]).toEqual([{ A: 1 }, '192.0.2.1']);
    expect(context({ 'x-forwarded-for': '203.0.113.9', 'x-real-ip': '203.0.113.9' }).address).toBeUndefined();
  });

  test('has waitUntil as a method of ctx, which the platform’s is', () => {
    const own = {
      kept: [] as Promise<unknown>[],
      waitUntil(promise: Promise<unknown>) {
        this.kept.push(promise);
      },
    };
    const later = Promise.resolve();
    workerContext(new Request('https://app.example/'), {}, own).waitUntil?.(later);
    expect(own.kept).toEqual([later]);
  });

  test('a renewal waits where the request is an upgrade', async () => {
    const sessions = sealedSession({
      secret: 'a secret for tests, of 32 bytes..',
      store: memoryStore(),
      load: () => ({ name: 'ada' }),
    });
    const now = Date.now() / 1000 - 5 * 86_400;
    const context = { now, random: (length: number) => crypto.getRandomValues(new Uint8Array(length)) };
    const issued = await sessions.issue(new Request('https://app.example/'), { subject: 'ada' }, context);
    const cookie = issued.effects[0]?.value.split(';')[0] ?? '';
    const home = worker<Env>(() => protectWorker(sessions, () => new Response('welcome')));
    const cookiesOf = async (headers: object) =>
      (await ask(home, { SECRET: '' }, headers)).headers.getSetCookie().length;
    expect(await cookiesOf({ cookie })).toBe(1);
    expect(await cookiesOf({ cookie, upgrade: 'websocket' })).toBe(0);
  });
});

describe('in workerd', () => {
  let workerd: Workerd;
  beforeAll(async () => {
    workerd = await startMiniflare(await bundledByWrangler('probe-worker'), { kvNamespaces: ['VALUES'] });
  });
  afterAll(() => workerd?.close());

  test('env is one object, so that everything is made once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => fetch(`${workerd.origin}/made`)));
    expect(new Set(await Promise.all(answers.map((answer) => answer.text())))).toEqual(new Set(['1']));
  });

  test('what may happen later happens, after the response', async () => {
    expect(await (await fetch(`${workerd.origin}/later`)).text()).toBe('not yet');
    const { VALUES } = await workerd.bindings<{ readonly VALUES: { get(key: string): Promise<string | null> } }>();
    await vi.waitFor(async () => expect(await VALUES.get('/later')).toBe('done'), { timeout: 5000 });
  });

  test('the address is known', async () => {
    expect(await (await fetch(`${workerd.origin}/address`)).text()).toBe('127.0.0.1');
  });
});
