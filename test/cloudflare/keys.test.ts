import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateJwk, importPrivateJwk, type Jwk, signJwt } from 'countersign/jwt';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { KeyServer, sends } from '../support/key-server.ts';
import { bundledByWrangler } from './bundles.ts';
import { startMiniflare, type Workerd } from './start-miniflare.ts';

const publicOf = ({ d: _, ...jwk }: Jwk): Jwk => jwk;
const tokenBy = async (jwk: Jwk): Promise<string> =>
  signJwt(
    await importPrivateJwk(jwk),
    { iss: 'https://id.example', aud: 'https://api.example', sub: 'ada' },
    { expiresIn: 300 },
  );

describe('edgeKeyCache, in workerd', () => {
  let bundle: string;
  let good: Jwk;
  let keyServer: KeyServer;
  let cachePersist: string;
  let running: Workerd | undefined;

  beforeAll(async () => {
    bundle = await bundledByWrangler('keys-worker');
    good = { ...(await generateJwk('ES256')), kid: 'k1' };
  });
  beforeEach(async () => {
    keyServer = await KeyServer.start();
    keyServer.answers.set('/jwks', sends({ keys: [publicOf(good)] }));
    cachePersist = await mkdtemp(join(tmpdir(), 'countersign-keys-'));
  });
  afterEach(async () => {
    await running?.close();
    running = undefined;
    await keyServer.stop();
    await rm(cachePersist, { recursive: true, force: true });
  });

  /** An isolate that has fetched nothing, in the same place as those before. */
  async function newIsolate(maxAge = 600): Promise<Workerd> {
    await running?.close();
    const bindings = { JWKS: `${keyServer.origin}/jwks`, MAX_AGE: maxAge };
    running = await startMiniflare(bundle, { cachePersist, bindings });
    return running;
  }
  const ask = async ({ origin }: Workerd, jwk = good): Promise<number> =>
    (await fetch(origin, { headers: { authorization: `Bearer ${await tokenBy(jwk)}` } })).status;

  test('a new isolate has what another one fetched, though the other server is down', async () => {
    expect(await ask(await newIsolate())).toBe(200);
    keyServer.answers.set('/jwks', sends('down', 500));
    expect(await ask(await newIsolate())).toBe(200);
    expect(keyServer.count('/jwks')).toBe(1);
  });

  test('a failure is not kept', async () => {
    keyServer.answers.set('/jwks', sends('down', 500));
    expect(await ask(await newIsolate())).toBe(503);
    keyServer.answers.set('/jwks', sends({ keys: [publicOf(good)] }));
    expect(await ask(await newIsolate())).toBe(200);
  });

  test('a set is kept for its time and no longer', async () => {
    expect(await ask(await newIsolate(2))).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(await ask(await newIsolate(2))).toBe(200);
    expect(keyServer.count('/jwks')).toBe(2);
  });

  test('what somebody got into the default cache under that URL signs nothing', async () => {
    const forged: Jwk = { ...(await generateJwk('ES256')), kid: 'k1' };
    const first = await newIsolate();
    const poison = JSON.stringify({ keys: [publicOf(forged)] });
    expect(await (await fetch(first.origin, { method: 'POST', body: poison })).text()).toBe('kept');
    const isolate = await newIsolate();
    expect([await ask(isolate, forged), await ask(isolate)]).toEqual([401, 200]);
  });
});
