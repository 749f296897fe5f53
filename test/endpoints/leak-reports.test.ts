import { createHash, createSign, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { derSignature } from '../../src/endpoints/der-signature.ts';
import { type Fetch, type Leak, leakReports } from '../../src/endpoints/leak-reports.ts';
import type { ApiKey } from '../../src/tokens/api-key-record.ts';
import { keysIn } from '../support/api-keys.ts';
import { clockAt, START } from '../support/sessions.ts';
import { githubReport } from '../vectors/github-report.ts';

const context = clockAt().context();
const URL_OF_REPORTS = 'https://api.example/leaks';

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = pair.publicKey.export({ type: 'spki', format: 'pem' }) as string;
const sign = (body: string, key = pair.privateKey): string => createSign('sha256').update(body).sign(key, 'base64');

/** What GitHub publishes, and how often it was asked for. */
function published(...keys: readonly { readonly key_identifier: string; readonly key: string }[]) {
  return vi.fn<Fetch>(async () => Response.json({ public_keys: keys.map((key) => ({ ...key, is_current: true })) }));
}
const current = () => published({ key_identifier: 'k1', key: pem });

function post(body: string, { identifier = 'k1', signature = sign(body), method = 'POST' } = {}): Request {
  return new Request(URL_OF_REPORTS, {
    method,
    headers: {
      'content-type': 'application/json',
      'github-public-key-identifier': identifier,
      'github-public-key-signature': signature,
    },
    ...(method === 'POST' && { body }),
  });
}

describe('reports of leaked keys', () => {
  it('the example of GitHub’s documentation verifies', async () => {
    const seen: string[] = [];
    const fetch = published({ key_identifier: githubReport.identifier, key: githubReport.key });
    const reports = leakReports({ revoke: (key) => void seen.push(key), fetch });
    const { identifier, signature } = githubReport;
    const response = await reports(post(githubReport.body, { identifier, signature }), context);
    expect([response.status, await response.json()]).toEqual([200, []]);
    expect(seen).toEqual(['some_token']);
    expect(fetch.mock.calls.map(([url]) => url)).toEqual(['https://api.github.com/meta/public_keys/secret_scanning']);
    const forged = githubReport.body.replace('some_token', 'same_token');
    expect((await reports(post(forged, { identifier, signature }), context)).status).toBe(403);
  });

  it('ends the keys that are ours, tells of them, and names them by their hash', async () => {
    const { keys, manage } = keysIn();
    const [one, two] = [
      await manage.create({ subject: 'ada', name: 'laptop' }, context),
      await manage.create({ subject: 'bob' }, context),
    ];
    const leaks: Leak<ApiKey<unknown>>[] = [];
    const reports = leakReports({
      revoke: (key, given) => manage.revokeKey(key, given),
      onLeak: (leak) => {
        leaks.push(leak);
        throw new Error('the mail is down');
      },
      fetch: current(),
    });
    const body = JSON.stringify([
      { token: one.key, type: 'acme_key', url: 'https://github.com/x', source: 'commit' },
      { token: 'acme_live_1 of somebody else', type: 'acme_key', url: '' },
      { token: two.key, type: 'acme_key', more: { is: 'ignored' } },
      { token: one.key, type: 'acme_key' },
    ]);
    const response = await reports(post(body), context);
    const hash = (key: string) => createHash('sha256').update(key).digest('hex');
    const text = await response.text();
    expect(JSON.parse(text)).toEqual([
      { token_hash: hash(one.key), token_type: 'acme_key', label: 'true_positive' },
      { token_hash: hash(two.key), token_type: 'acme_key', label: 'true_positive' },
    ]);
    expect([await keys.verify(one.key, context), await keys.verify(two.key, context)]).toEqual(['revoked', 'revoked']);
    expect(leaks).toEqual([
      {
        revoked: { ...one.record, revokedAt: START },
        type: 'acme_key',
        url: 'https://github.com/x',
        source: 'commit',
      },
      { revoked: { ...two.record, revokedAt: START }, type: 'acme_key', url: undefined, source: undefined },
    ]);
    for (const key of [one.key, two.key]) {
      expect(text + JSON.stringify(leaks)).not.toContain(key);
    }
    // Sent again it is the same report, and ends nothing.
    expect(await (await reports(post(body), context)).json()).toEqual([]);
    expect(leaks).toHaveLength(2);
  });

  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const BODY = '[{"token":"x","type":"t"}]';
  it.each<[string, Request, number]>([
    ['no signature', new Request(URL_OF_REPORTS, { method: 'POST', body: BODY }), 403],
    ['somebody else’s signature', post(BODY, { signature: sign(BODY, other) }), 403],
    ['the signature of another body', post(BODY, { signature: sign('[]') }), 403],
    ['a key that nobody published', post(BODY, { identifier: 'k2' }), 403],
    ['a name of Object.prototype', post(BODY, { identifier: '__proto__' }), 403],
    ['an empty identifier', post(BODY, { identifier: '' }), 403],
    ['a signature that is no base64', post(BODY, { signature: '????' }), 403],
    ['a signature of JWS’s form', post(BODY, { signature: 'A'.repeat(86) }), 403],
    ['1 MB of signature', post(BODY, { signature: 'MEUC'.repeat(4000) }), 403],
    ['no JSON, and signed', post('{"token":'), 400],
    ['no array', post('{"token":"x"}'), 400],
    ['null', post('null'), 400],
    ['an array of texts', post('["x"]'), 400],
    ['null in it', post('[null]'), 400],
    ['a token of another type', post('[{"token":7}]'), 400],
    ['nothing', post(''), 400],
    ['over 1 MB', post(JSON.stringify([{ token: 'x'.repeat(1024 * 1024) }])), 413],
    ['a GET', post('', { method: 'GET' }), 405],
  ])('%s: nothing is revoked', async (_, request, status) => {
    const revoke = vi.fn();
    const response = await leakReports({ revoke, fetch: current() })(request, context);
    expect(response.status).toBe(status);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(revoke).not.toHaveBeenCalled();
  });

  it('signed in bytes that are no UTF-8, or with a byte order mark, it is what was signed or nothing', async () => {
    const revoke = vi.fn();
    const reports = leakReports({ revoke, fetch: current() });
    const marked = `\ufeff${BODY}`;
    expect((await reports(post(marked), context)).status).toBe(400);
    expect((await reports(post(BODY, { signature: sign(marked) }), context)).status).toBe(403);
    const bytes = Buffer.concat([Buffer.from('[{"token":"'), Buffer.from([0xff]), Buffer.from('"}]')]);
    const request = new Request(URL_OF_REPORTS, {
      method: 'POST',
      body: bytes,
      headers: {
        'github-public-key-identifier': 'k1',
        'github-public-key-signature': createSign('sha256').update(bytes).sign(pair.privateKey, 'base64'),
      },
    });
    expect((await reports(request, context)).status).toBe(403);
    expect(revoke).not.toHaveBeenCalled();
  });

  it('garbage causes no fetch, and a flood of unknown names one a minute', async () => {
    const fetch = current();
    const reports = leakReports({ revoke: () => undefined, fetch });
    const clock = clockAt();
    for (let n = 0; n < 50; n++) await reports(post(BODY, { signature: 'garbage' }), clock.context());
    expect(fetch).toHaveBeenCalledTimes(0);
    await reports(post(BODY), clock.context());
    expect(fetch).toHaveBeenCalledTimes(1);
    for (let n = 0; n < 50; n++) await reports(post(BODY, { identifier: `x${n}` }), clock.context());
    expect(fetch).toHaveBeenCalledTimes(1);
    clock.now += 60;
    for (let n = 0; n < 50; n++) await reports(post(BODY, { identifier: `y${n}` }), clock.context());
    expect(fetch).toHaveBeenCalledTimes(2);
    expect((await reports(post(BODY), clock.context())).status).toBe(200);
  });

  it('a new key of GitHub is fetched when it is first used', async () => {
    const keys = [{ key_identifier: 'k0', key: githubReport.key }];
    const fetch = vi.fn<Fetch>(async () => Response.json({ public_keys: keys }));
    const reports = leakReports({ revoke: () => undefined, fetch });
    const clock = clockAt();
    expect((await reports(post(BODY), clock.context())).status).toBe(403);
    keys.push({ key_identifier: 'k1', key: pem });
    clock.now += 60;
    expect((await reports(post(BODY), clock.context())).status).toBe(200);
  });

  it('without public keys, or a store, it is a 503 that may be tried again', async () => {
    const errors: string[] = [];
    const onError = (error: unknown) => void errors.push(String(error));
    const clock = clockAt();
    let answer: () => Promise<Response> = () => Promise.reject(new Error('no network'));
    const reports = leakReports({ revoke: () => undefined, fetch: () => answer(), onError });
    expect((await reports(post(BODY), clock.context())).status).toBe(503);
    for (const body of ['[]', '{"public_keys":[]}', 'null', '<html>']) {
      answer = async () => new Response(body);
      clock.now += 1;
      expect((await reports(post(BODY), clock.context())).status, body).toBe(503);
    }
    answer = async () => Response.json({ public_keys: [{ key_identifier: 'k1', key: pem }] });
    clock.now += 1;
    expect((await reports(post(BODY), clock.context())).status).toBe(200);
    expect(errors).toHaveLength(5);

    const down = leakReports({ revoke: () => Promise.reject(new Error('down')), fetch: current(), onError });
    expect((await down(post(BODY), context)).status).toBe(503);
    expect(errors.at(-1)).toContain('down');
  });

  it('misuse is refused at construction', () => {
    expect(() => leakReports({} as never)).toThrow('revoke');
    expect(() => leakReports({ revoke: () => undefined, secret: 'x' } as never)).toThrow("'secret'");
  });
});

describe('ECDSA signatures in DER', () => {
  it('are what Node makes of them, and of other bytes nothing', () => {
    for (let n = 0; n < 300; n++) {
      const body = `message ${n}`;
      const raw = derSignature(sign(body));
      expect(Buffer.from(raw as string, 'base64url')).toHaveLength(64);
    }
    const good = Buffer.from(githubReport.signature, 'base64');
    for (let index = 0; index < good.length; index++) {
      expect(derSignature(good.subarray(0, index).toString('base64'))).toBe(undefined);
    }
    const [r, s] = [good.subarray(2, 37), good.subarray(37)];
    const broken = [
      [0x31, 0x45, ...r, ...s],
      [0x30, 0x81, 0x45, ...r, ...s],
      [0x30, 0x46, ...r, ...s, 0],
      [0x30, 0x45, 0x03, ...r.subarray(1), ...s],
      // A zero in front that needs none, and a missing one.
      [0x30, 0x46, ...r, 0x02, 0x21, 0, ...s.subarray(2)],
      [0x30, 0x44, 0x02, 0x20, ...r.subarray(3), ...s],
      [0x30, 0x06, 0x02, 0x00, 0x02, 0x02, 1, 1],
    ];
    for (const bytes of broken) expect(derSignature(Buffer.from(bytes).toString('base64'))).toBe(undefined);
  });

  it('any text is answered', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String({ maxLength: 120 })), (text) => {
        expect(['string', 'undefined']).toContain(typeof derSignature(text));
      }),
      { numRuns: 3000 },
    );
  });
});
