import * as oauth from 'oauth4webapi';
import { describe, expect, it, vi } from 'vitest';
import { scopes } from '../../src/guards/scopes.ts';
import { stepUp } from '../../src/guards/step-up.ts';
import { protect } from '../../src/index.ts';
import { type BearerOptions, bearer } from '../../src/schemes/bearer.ts';
import type { TokenFormat, VerifiedToken } from '../../src/tokens/token-format.ts';
import { call } from '../support/bearer.ts';
import { contextOf } from '../support/context.ts';
import { AUDIENCE, claiming, formatOf, rawJws } from '../support/raw-jws.ts';
import { requestOf } from '../support/request.ts';
import { START } from '../support/sessions.ts';

type Options = Partial<BearerOptions<Record<string, unknown>, unknown>>;
const GOOD = rawJws();
const EXPIRED = claiming({ exp: START - 60 });
const create = (options: Options = {}) => bearer({ tokens: formatOf(), ...options });
const send = (authorization?: string, options: Options = {}) =>
  call(create(options), requestOf(authorization === undefined ? {} : { authorization }));

describe('what is asked for (RFC 6750 §3)', () => {
  const METADATA = 'https://api.example/.well-known/oauth-protected-resource/files';
  const resource = { metadataUrl: METADATA };
  const needed = { scopes: ['files:read'] };

  it.each<[string, Options, realm: string[], rest: string[]]>([
    ['a realm by default, since one parameter must be there', {}, ['realm="api"'], []],
    ['the realm that is given', { realm: 'Files' }, ['realm="Files"'], []],
    ['scopes, in place of it', needed, [], ['scope="files:read"']],
    ['several scopes', { scopes: ['files:read', 'files:write'] }, [], ['scope="files:read files:write"']],
    ['an empty list of scopes, which is none', { scopes: [] }, ['realm="api"'], []],
    ['where the metadata are (RFC 9728 §5.1)', { resource }, [], [`resource_metadata="${METADATA}"`]],
    [
      'the scopes of the metadata',
      { resource: { ...resource, ...needed } },
      [],
      ['scope="files:read"', `resource_metadata="${METADATA}"`],
    ],
    [
      'scopes of its own before those',
      { resource: { ...resource, ...needed }, scopes: ['a'] },
      [],
      ['scope="a"', `resource_metadata="${METADATA}"`],
    ],
    [
      'all of it',
      { realm: 'Files', ...needed, resource },
      ['realm="Files"'],
      ['scope="files:read"', `resource_metadata="${METADATA}"`],
    ],
  ])('%s', async (_, options, realm, rest) => {
    // Without a token there is no error (§3.1); with one there is, and the rest is the same.
    const bare = await send(undefined, options);
    expect([bare.status, bare.challenge]).toEqual([401, `Bearer ${[...realm, ...rest].join(', ')}`]);
    const bad = await send(`Bearer ${EXPIRED}`, options);
    const params = [...realm, 'error="invalid_token"', ...rest];
    expect([bad.status, bad.challenge]).toEqual([401, `Bearer ${params.join(', ')}`]);
  });

  it.each([
    ['nothing', undefined, 401, 'absent', 'Bearer realm="api"'],
    ['a bad token', 'Bearer x', 401, 'invalid', 'Bearer realm="api", error="invalid_token"'],
    ['an expired one', `Bearer ${EXPIRED}`, 401, 'expired', 'Bearer realm="api", error="invalid_token"'],
    [
      'one that is early',
      `Bearer ${claiming({ nbf: START + 60 })}`,
      401,
      'not_yet_valid',
      'Bearer realm="api", error="invalid_token"',
    ],
    ['no token at all', 'Bearer', 401, 'malformed', 'Bearer realm="api", error="invalid_token"'],
    ['no token68', 'Bearer a"b', 401, 'malformed', 'Bearer realm="api", error="invalid_token"'],
    ['two', `Bearer ${GOOD}, Bearer ${GOOD}`, 400, 'malformed', 'Bearer realm="api", error="invalid_request"'],
    ['another scheme', `Basic ${GOOD}`, 401, 'unknown_scheme', 'Bearer realm="api"'],
  ])('%s', async (_, authorization, status, reason, challenge) => {
    expect(await send(authorization)).toMatchObject({ status, reason, challenge, accepted: undefined });
  });

  it('403 names all scopes that are needed', async () => {
    const api = scopes(create({ resource, ...needed }), 'files:read', 'files:write');
    const token = claiming({ scope: 'files:read other' });
    expect(await call(api, requestOf({ authorization: `Bearer ${token}` }))).toMatchObject({
      status: 403,
      reason: 'insufficient',
      challenge: `Bearer error="insufficient_scope", scope="files:read files:write", resource_metadata="${METADATA}"`,
    });
  });

  it.each([
    [{ maxAge: 300 }, 'max_age="300"'],
    [{ acr: ['gold', 'silver'] as const }, 'acr_values="gold silver"'],
    [{ maxAge: 1, acr: ['gold'] as const }, 'acr_values="gold", max_age="1"'],
  ])('401 names the sign-in that is needed (RFC 9470 §3): %j', async (needed, params) => {
    const api = stepUp(create(), needed);
    const token = claiming({ auth_time: START - 600, acr: 'bronze' });
    expect(await call(api, requestOf({ authorization: `Bearer ${token}` }))).toMatchObject({
      status: 401,
      reason: 'insufficient',
      challenge: `Bearer realm="api", error="insufficient_user_authentication", ${params}`,
    });
  });

  it('expired outranks too few scopes, and so does revoked', async () => {
    const token = `Bearer ${claiming({ exp: START - 60, scope: 'other' })}`;
    const api = scopes(create(), 'files:read');
    expect(await call(api, requestOf({ authorization: token }))).toMatchObject({ status: 401, reason: 'expired' });
    const revoking = scopes(create({ load: () => null }), 'files:read');
    const authorization = `Bearer ${claiming({ scope: 'other' })}`;
    expect(await call(revoking, requestOf({ authorization }))).toMatchObject({ status: 401, reason: 'revoked' });
  });

  it.each([
    ['a "b" \\ c', 'realm="a \\"b\\" \\\\ c"'],
    ['x", error="none', 'realm="x\\", error=\\"none"'],
    ['a\r\nSet-Cookie: sid=1', 'realm="aSet-Cookie: sid=1"'],
    ['K\u00e4se \u20ac\0', 'realm="Kse "'],
    ['', 'realm=""'],
  ])('a realm %j stays one parameter', async (realm, expected) => {
    expect((await send(undefined, { realm })).challenge).toBe(`Bearer ${expected}`);
  });
});

describe('an OAuth client reads it', () => {
  const read = async (api: ReturnType<typeof create>, token: string): Promise<unknown> => {
    const handler = protect(api, () => new Response('ok'), { context: () => ({ now: START }) });
    const options = { [oauth.customFetch]: (url: string, init: object) => handler(new Request(url, init)) };
    return oauth
      .protectedResourceRequest(token, 'GET', new URL(AUDIENCE), undefined, undefined, options as never)
      .then((response) => response.text())
      .catch((error: oauth.WWWAuthenticateChallengeError) => [error.status, error.cause]);
  };
  const metadataUrl = 'https://api.example/.well-known/oauth-protected-resource';
  const api = create({ realm: 'a "b", c', resource: { metadataUrl }, scopes: ['files:read'] });
  const common = { realm: 'a "b", c', resource_metadata: metadataUrl };

  it('a good token needs no challenge', async () => {
    expect(await read(api, GOOD)).toBe('ok');
  });

  it('401', async () => {
    const parameters = { ...common, error: 'invalid_token', scope: 'files:read' };
    expect(await read(api, EXPIRED)).toEqual([401, [{ scheme: 'bearer', parameters }]]);
  });

  it('403', async () => {
    const parameters = { ...common, error: 'insufficient_scope', scope: 'files:read files:write' };
    expect(await read(scopes(api, 'files:read', 'files:write'), GOOD)).toEqual([
      403,
      [{ scheme: 'bearer', parameters }],
    ]);
  });

  it('step-up', async () => {
    const error = 'insufficient_user_authentication';
    const parameters = { ...common, error, scope: 'files:read', max_age: '60', acr_values: 'gold' };
    expect(await read(stepUp(api, { maxAge: 60, acr: ['gold'] }), GOOD)).toEqual([
      401,
      [{ scheme: 'bearer', parameters }],
    ]);
  });
});

describe('the header', () => {
  it.each([
    `Bearer ${GOOD}`,
    `bearer ${GOOD}`,
    `BEARER ${GOOD}`,
    `bEaReR ${GOOD}`,
    `Bearer  ${GOOD}`,
    `Bearer${' '.repeat(1000)}${GOOD}`,
  ])('%s', async (authorization) => {
    expect(await send(authorization)).toMatchObject({ status: 200, scheme: 'bearer', accepted: { subject: 'ada' } });
  });

  it('says what is known beside the principal', async () => {
    const { accepted } = await send(
      `Bearer ${claiming({ scope: 'a b', jti: 'j', acr: 'gold', amr: ['pwd'], auth_time: 9 })}`,
    );
    expect(accepted).toMatchObject({
      kind: 'accepted',
      scheme: 'bearer',
      principal: { sub: 'ada', jti: 'j' },
      ambient: false,
      subject: 'ada',
      scopes: ['a', 'b'],
      expiresAt: START + 600,
      authTime: 9,
      acr: 'gold',
      amr: ['pwd'],
      credentialId: 'j',
    });
  });

  // CVE-2026-47673: any word before the token did, so other schemes' rules were gone around.
  it.each(['Token', 'Basic', 'X', 'JWT', 'DPoP', 'Bear', 'Bearers', 'Bearer:', 'Bearer=', '"Bearer"', 'Bearer Bearer'])(
    'CVE-2026-47673: after the word %s a token is none',
    async (word) => {
      const { status, accepted } = await send(`${word} ${GOOD}`);
      expect([status, accepted]).toEqual([401, undefined]);
    },
  );

  it.each([GOOD, `Bearer${GOOD}`, `Bearer\t${GOOD}`, `\u00a0Bearer ${GOOD}`, `Bearer\u00a0${GOOD}`, `,Bearer ${GOOD}`])(
    '%j is of no scheme that is known',
    async (authorization) => {
      expect(await send(authorization)).toMatchObject({ status: 401, reason: 'unknown_scheme', accepted: undefined });
    },
  );

  it.each([
    `${GOOD} `,
    `${GOOD}=`,
    `${GOOD}\t`,
    `"${GOOD}"`,
    `\t${GOOD}`,
    `token=${GOOD}`,
    `${GOOD} ${GOOD}`,
    `${GOOD};`,
  ])('nothing is taken off a token: %j', async (token) => {
    // Not by `Headers`, which trims as servers do.
    const request = { method: 'GET', url: AUDIENCE, headers: { get: () => `Bearer ${token}` } };
    expect(await call(create(), request)).toMatchObject({ status: 401, accepted: undefined });
  });

  it.each([
    ['two good ones', `Bearer ${GOOD}`, `Bearer ${GOOD}`, 400],
    ['a good one first', `Bearer ${GOOD}`, 'Bearer x', 400],
    ['a good one last', 'Bearer x', `Bearer ${GOOD}`, 400],
    ['another scheme last', `Bearer ${GOOD}`, 'Basic eDp5', 400],
    ['nothing last', `Bearer ${GOOD}`, '', 400],
    // Its word is not ours, and nothing behind it is looked at.
    ['another scheme first', 'Basic eDp5', `Bearer ${GOOD}`, 401],
  ])('two lines of it: %s', async (_, first, second, status) => {
    const request = requestOf([
      ['authorization', first],
      ['authorization', second],
    ]);
    expect(await call(create(), request)).toMatchObject({ status, accepted: undefined });
  });

  it('is all that is looked at, unless told otherwise', async () => {
    const body = new URLSearchParams({ access_token: GOOD });
    const posted = new Request(AUDIENCE, { method: 'POST', body });
    const clone = vi.spyOn(posted, 'clone');
    expect(await call(create(), posted)).toMatchObject({ status: 401, reason: 'absent' });
    expect([posted.bodyUsed, clone.mock.calls.length]).toEqual([false, 0]);
    const url = `${AUDIENCE}?access_token=${GOOD}`;
    expect(await call(create(), requestOf({}, { url }))).toMatchObject({ status: 401, reason: 'absent' });
    expect(await call(create(), requestOf({ cookie: `access_token=${GOOD}` }))).toMatchObject({
      status: 401,
      reason: 'absent',
    });
    const headers = ['x-access-token', 'proxy-authorization', 'x-forwarded-authorization', 'access_token'];
    for (const name of headers) {
      expect(await call(create(), requestOf({ [name]: `Bearer ${GOOD}` }))).toMatchObject({ reason: 'absent' });
    }
  });
});

describe('load', () => {
  it('makes the principal, of the token and the context, and only of a good one', async () => {
    const load = vi.fn(async ({ subject }: VerifiedToken<unknown>) => ({ name: subject }));
    expect(await send(`Bearer ${GOOD}`, { load })).toMatchObject({
      accepted: { principal: { name: 'ada' }, subject: 'ada' },
    });
    expect(load).toHaveBeenCalledWith(
      expect.objectContaining({ subject: 'ada' }),
      expect.objectContaining({ now: START }),
    );
    for (const bad of [EXPIRED, 'x', '', `${GOOD}, ${GOOD}`]) await send(`Bearer ${bad}`, { load });
    expect(load).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['null', () => null],
    ['undefined', () => undefined],
    ['null later', async () => null],
  ])('%s: the token is revoked at once', async (_, load) => {
    expect(await send(`Bearer ${GOOD}`, { load })).toMatchObject({
      status: 401,
      reason: 'revoked',
      challenge: 'Bearer realm="api", error="invalid_token"',
    });
  });

  it.each([[0], [''], [false]])('%j is a principal', async (principal) => {
    expect(await send(`Bearer ${GOOD}`, { load: () => principal })).toMatchObject({
      status: 200,
      accepted: { principal },
    });
  });

  it('a throw is an outage, now or later', async () => {
    const error = new Error('down');
    const failing = [
      () => {
        throw error;
      },
      () => Promise.reject(error),
    ];
    for (const load of failing) {
      expect(await send(`Bearer ${GOOD}`, { load })).toMatchObject({ status: 503, challenge: null, errors: [error] });
    }
  });

  it('so is one of the format', async () => {
    const down: readonly TokenFormat<Record<string, unknown>>[] = [
      {
        verify: () => {
          throw new Error('down');
        },
      },
      { verify: () => Promise.reject(new Error('down')) },
    ];
    for (const tokens of down)
      expect(await send('Bearer x', { tokens })).toMatchObject({ status: 503, challenge: null });
  });

  it('what a format makes up can’t pass for the scheme’s word', async () => {
    const lying = {
      ...((await formatOf().verify(GOOD, contextOf())) as object),
      kind: 'absent',
      scheme: 'admin',
      ambient: true,
    };
    const { accepted } = await send('Bearer x', { tokens: { verify: () => lying as never } });
    expect(accepted).toMatchObject({ kind: 'accepted', scheme: 'bearer', ambient: false });
  });
});

describe('what is told', () => {
  const canary = claiming({ jti: 'canary', nonce: 'c4n4ry' });

  it('no event, error or answer has a token in it, good or bad', async () => {
    const parts = canary.split('.');
    const users: Options[] = [
      {},
      { load: () => null },
      {
        load: () => {
          throw new Error('down');
        },
      },
    ];
    for (const options of users) {
      for (const token of [canary, `${canary}A`, canary.slice(0, -1), `${canary}, ${canary}`, `${canary}"`]) {
        for (const header of [`Bearer ${token}`, `Token ${token}`, token]) {
          const { events, errors, challenge, body } = await send(header, options);
          const seen = `${JSON.stringify(events)} ${errors.join()} ${challenge} ${body}`;
          for (const part of [...parts, 'c4n4ry']) expect(seen).not.toContain(part);
        }
      }
    }
  });
});

describe('misuse, at construction', () => {
  it.each([
    ['no tokens', {}, /^tokens: /],
    ['tokens that are none', { tokens: ['a'] }, /^tokens: /],
    ['a misspelt option', { tokens: formatOf(), scope: ['a'] }, /'scope'/],
    ['an option that was one', { tokens: formatOf(), cookie: 'a' }, /'cookie'/],
  ])('%s', (_, options, message) => {
    const make = () => bearer(options as never);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });
});

it('answers at once where the format does', () => {
  const outcome = create().authenticate(requestOf({ authorization: `Bearer ${GOOD}` }), contextOf());
  expect(outcome).toMatchObject({ kind: 'accepted' });
});
