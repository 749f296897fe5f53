import { beforeAll, describe, expect, it } from 'vitest';
import { csrfTokens } from '../../src/guards/csrf-tokens.ts';
import { signInThrottle } from '../../src/guards/sign-in-throttle.ts';
import type { Authenticator } from '../../src/index.ts';
import { recoveryCodes } from '../../src/passwords/recovery-codes.ts';
import { totp } from '../../src/passwords/totp.ts';
import { apiKey } from '../../src/schemes/api-key.ts';
import { bearer } from '../../src/schemes/bearer.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { jwtAccess, type OpaqueAccessData, opaqueAccess } from '../../src/tokens/access-tokens.ts';
import { apiKeys } from '../../src/tokens/api-keys.ts';
import { importSecret, jwt, signJwt } from '../../src/tokens/jwt.ts';
import { manageApiKeys } from '../../src/tokens/manage-api-keys.ts';
import { opaqueTokens } from '../../src/tokens/opaque-tokens.ts';
import { refreshTokens } from '../../src/tokens/refresh-tokens.ts';
import { openDoor, PASSWORD, type Row } from '../support/door.ts';
import { Browser, clockAt, KINDS, SECRET } from '../support/sessions.ts';

/** Everything under one secret and in one store, and every text that any of it makes. */
async function everything() {
  const store = memoryStore();
  const clock = clockAt();
  const context = clock.context();
  const [iss, aud] = ['https://id.example', 'https://api.example'];
  const key = importSecret(SECRET);
  const secrets = { a: SECRET };
  const sessions = KINDS.stored({ store, secret: SECRET, cookie: { name: 'sid' } });
  const sealed = KINDS.sealed({ store, secret: SECRET, scheme: 'sealed', cookie: { name: 'sid' } });
  const opaque = opaqueTokens({ store, prefix: 'acme' });
  const access = opaqueTokens<OpaqueAccessData>({ store, prefix: 'access' });
  const keys = apiKeys({ store, prefix: 'acme', pepper: secrets });
  const common = { store, secrets, audience: aud } as const;
  const families = refreshTokens({ ...common, access: jwtAccess({ key, issuer: iss }) });
  const others = refreshTokens({ ...common, prefix: 'other', access: opaqueAccess(access) });
  const csrf = csrfTokens({ secret: SECRET });
  const recovery = recoveryCodes({ store });
  const codes = totp({ issuer: 'Acme', store });
  const tokens = jwt({ issuer: iss, audience: aud, keys: key });

  // A sign-in that waits for its second step.
  const secondStep = {
    store,
    throttle: signInThrottle({ store, name: 'second-step' }),
    isNeeded: () => true,
    verify: (_user: Row, code: string) => code === '000000',
  };
  const { ask } = await openDoor({ secondStep }, 'stored', store);
  const browser = new Browser();
  await ask('/sign-in', { identifier: 'ada@acme.example', password: PASSWORD }, { browser });

  const cookieOf = async (from: typeof sessions) => {
    const { effects } = await from.issue(new Browser().request(), { subject: 'ada' }, context);
    return effects[0]?.value.split(';')[0]?.replace('sid=', '') ?? '';
  };
  const { accessToken, refreshToken } = await families.issue({ subject: 'ada' }, context);
  const secret = codes.create('ada').secret;
  const made: Readonly<Record<string, string>> = {
    session: await cookieOf(sessions),
    'sealed session': await cookieOf(sealed),
    'opaque token': (await opaque.issue({ subject: 'ada' }, context)).token,
    'signed access token': accessToken,
    'opaque access token': (await others.issue({ subject: 'ada' }, context)).accessToken,
    'API key': (await manageApiKeys(keys).create({ subject: 'ada' }, context)).key,
    'refresh token': refreshToken,
    'refresh token of another prefix': (await others.issue({ subject: 'ada' }, context)).refreshToken,
    'CSRF token': csrf.issue({ scheme: 'session', credentialId: 'ada', ambient: true }, context),
    'sign-in that waits': browser.cookies.get('__Host-Http-sign-in') ?? '',
    'device of a sign-in': browser.cookies.get('__Host-Http-device') ?? '',
    'recovery code': (await recovery.issue('ada', context))[0] ?? '',
    'code of an app': await codes.code(secret, context),
    'ID token': await signJwt(key, { iss, aud, sub: 'ada' }, { expiresIn: 300, typ: 'id+jwt' }, context),
  };

  const accepts = async (authenticator: Authenticator, headers: Readonly<Record<string, string>>) =>
    (await authenticator.authenticate(new Request('https://app.example/', { headers }), context)).kind === 'accepted';
  const isVerified = async (format: { verify(token: string, given: typeof context): unknown }, text: string) =>
    typeof (await format.verify(text, context)) === 'object';
  const slots: Readonly<Record<string, (text: string) => Promise<boolean>>> = {
    session: (text) => accepts(sessions, { cookie: `sid=${text}` }),
    'sealed session': (text) => accepts(sealed, { cookie: `sid=${text}` }),
    'opaque token': (text) => accepts(bearer({ tokens: opaque }), { authorization: `Bearer ${text}` }),
    'signed access token': (text) => accepts(bearer({ tokens }), { authorization: `Bearer ${text}` }),
    'opaque access token': (text) => isVerified(access, text),
    'API key': (text) => accepts(apiKey({ keys }), { 'x-api-key': text }),
    'refresh token': async (text) => (await families.refresh(text, {}, context)).ok,
    'refresh token of another prefix': async (text) => (await others.refresh(text, {}, context)).ok,
    'CSRF token': async (text) => csrf.verify({ scheme: 'session', credentialId: 'ada', ambient: true }, text, context),
    'sign-in that waits': async (text) => {
      const other = new Browser();
      other.cookies.set('__Host-Http-sign-in', text);
      return (await ask('/second-step', { code: '000000' }, { browser: other })).status === 200;
    },
    'recovery code': async (text) => (await recovery.redeem('ada', text, context)).ok,
    'code of an app': async (text) => (await codes.verify(secret, text, context)).ok,
  };
  return { made, slots };
}

describe('each kind of credential opens its own slot, and no other (CVE-2023-48309)', () => {
  let made: Readonly<Record<string, string>>;
  let slots: Readonly<Record<string, (text: string) => Promise<boolean>>>;
  beforeAll(async () => {
    ({ made, slots } = await everything());
  });

  it('there is a text of each kind, and no two are alike', () => {
    expect(Object.values(made).filter((text) => !text)).toEqual([]);
    expect(new Set(Object.values(made)).size).toBe(14);
  });

  it('all of them in each slot', async () => {
    const opened: string[] = [];
    for (const [slot, take] of Object.entries(slots)) {
      // Its own last: some are good once.
      const kinds = Object.entries(made).sort(([one], [two]) => Number(one === slot) - Number(two === slot));
      for (const [kind, text] of kinds) if (await take(text)) opened.push(`${kind} opens ${slot}`);
    }
    expect(opened).toEqual(Object.keys(slots).map((slot) => `${slot} opens ${slot}`));
  });
});
