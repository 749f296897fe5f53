import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/stores/memory.ts';
import {
  type JwtAccessOptions,
  jwtAccess,
  type OpaqueAccessData,
  opaqueAccess,
} from '../../src/tokens/access-tokens.ts';
import { jwt } from '../../src/tokens/jwt.ts';
import { opaqueTokens } from '../../src/tokens/opaque-tokens.ts';
import { AUDIENCE, familiesOf, ISSUER, OLD_ENOUGH, SIGNING_KEY, watchedFamilies } from '../support/families.ts';
import { clockAt, START, slowStore } from '../support/sessions.ts';
import { together } from '../support/together.ts';

const verifier = jwt({ issuer: ISSUER, audience: AUDIENCE, keys: SIGNING_KEY });

describe('signed access tokens', () => {
  it('take the claims of the application, but none of those that decide', async () => {
    const access = jwtAccess({
      key: SIGNING_KEY,
      issuer: ISSUER,
      expiresIn: 60,
      claims: ({ family, scopes }) => ({
        roles: ['admin'],
        for: `${family.subject} ${scopes}`,
        sub: 'mallory',
        aud: 'https://elsewhere.example',
        iss: 'https://elsewhere.example',
        scope: 'everything',
        sid: 'another',
        exp: START + 1e9,
        iat: START + 1e9,
        nbf: START + 1e9,
        jti: 'same',
      }),
    });
    const { clock, issue } = watchedFamilies({ access });
    const { accessToken, expiresIn, family } = await issue({ scopes: ['read'] });
    const verified = await verifier.verify(accessToken, clock.context());
    expect(verified).toMatchObject({
      principal: {
        roles: ['admin'],
        for: 'ada read',
        sub: 'ada',
        aud: AUDIENCE,
        iss: ISSUER,
        scope: 'read',
        sid: family.id,
        iat: START,
        exp: START + 60,
        jti: expect.stringMatching(/^[\w-]{22}$/),
      },
    });
    expect(verified).not.toHaveProperty('principal.nbf');
    expect(expiresIn).toBe(60);
  });

  it('may be signed by a key that comes with the request', async () => {
    const access = jwtAccess({ key: ({ bindings }) => bindings as typeof SIGNING_KEY, issuer: ISSUER });
    const { clock, issue } = watchedFamilies({ access });
    const { accessToken } = await issue({}, { bindings: SIGNING_KEY });
    expect(await verifier.verify(accessToken, clock.context())).toMatchObject({ subject: 'ada' });
  });

  it('that cannot be signed are an outage, and the token is still good afterwards', async () => {
    let broken = false;
    const access = jwtAccess({
      key: SIGNING_KEY,
      issuer: ISSUER,
      claims() {
        if (broken) throw new Error('the table of roles is down');
        return {};
      },
    });
    const { clock, issue, refresh } = watchedFamilies({ access });
    const { refreshToken: first } = await issue();
    clock.now += OLD_ENOUGH;
    broken = true;
    await expect(refresh(first)).rejects.toThrow('the table of roles is down');
    broken = false;
    expect((await refresh(first)).answer).toBe('repeated');
  });

  it.each<[string, Partial<JwtAccessOptions<unknown>>, RegExp]>([
    ['no key', { key: undefined as never }, /^key: one that signs/],
    ['a key that only verifies', { key: { verify: () => true } as never }, /^key: one that signs/],
    ['no issuer', { issuer: '' }, /^issuer: needed/],
    ['a life of half a second', { expiresIn: 0.5 }, /^expiresIn: /],
    ['a life of two days', { expiresIn: 172_800 }, /^expiresIn: /],
    ['a misspelt option', { expiresin: 1 } as never, /no option 'expiresin'/],
  ])('misuse: %s', (_name, options, message) => {
    expect(() => jwtAccess({ key: SIGNING_KEY, issuer: ISSUER, ...options })).toThrow(message);
  });
});

describe('opaque access tokens', () => {
  const create = (store = memoryStore()) => {
    const tokens = opaqueTokens<OpaqueAccessData>({ store, prefix: 'access' });
    return {
      tokens,
      families: familiesOf({ store, access: opaqueAccess(tokens), audience: [AUDIENCE, 'https://b.example'] }),
    };
  };
  const clock = clockAt();
  const context = clock.context();

  it('say whose family they are of, and for whom', async () => {
    const { tokens, families } = create();
    const { accessToken, expiresIn, family } = await families.issue(
      { subject: 'ada', scopes: ['read'], audience: [AUDIENCE] },
      context,
    );
    expect(expiresIn).toBe(300);
    expect(await tokens.verify(accessToken, context)).toMatchObject({
      subject: 'ada',
      scopes: ['read'],
      expiresAt: START + 300,
      principal: { data: { sid: family.id, audience: [AUDIENCE] } },
    });
  });

  it('end with their family, and the other sign-ins of the subject go on', async () => {
    const { tokens, families } = create();
    const [one, two] = [
      await families.issue({ subject: 'ada' }, context),
      await families.issue({ subject: 'ada' }, context),
    ];
    const more = await Promise.all(Array.from({ length: 150 }, () => families.refresh(one.refreshToken, {}, context)));
    expect(await families.revoke('ada', one.family.id, context)).toBe(true);
    const all = [one.accessToken, ...more.map((each) => (each.ok ? each.accessToken : ''))];
    expect(new Set(await Promise.all(all.map((token) => tokens.verify(token, context))))).toEqual(new Set(['invalid']));
    expect(await tokens.verify(two.accessToken, context)).toMatchObject({ subject: 'ada' });
    await families.revokeAll('ada', context);
    expect(await tokens.verify(two.accessToken, context)).toBe('invalid');
  });

  it('are ended by whoever has them, where the issuer can', async () => {
    const { tokens, families } = create();
    const { accessToken, refreshToken } = await families.issue({ subject: 'ada' }, context);
    await families.revokeAccessToken?.(accessToken, context);
    expect(await tokens.verify(accessToken, context)).toBe('invalid');
    expect(await families.refresh(refreshToken, {}, context)).toMatchObject({ ok: true });
    expect(familiesOf().revokeAccessToken).toBeUndefined();
  });

  it('made while everything is ended are dead in the end, 1000 rounds', async () => {
    const { tokens, families } = create(slowStore(memoryStore()) as ReturnType<typeof memoryStore>);
    for (let round = 0; round < 1000; round++) {
      const subject = `user${round}`;
      const { refreshToken, accessToken } = await families.issue({ subject }, context);
      const [refreshed] = await together([
        () => families.refresh(refreshToken, {}, context),
        () => families.revokeAll(subject, context),
      ]);
      for (const token of [accessToken, refreshed.ok ? refreshed.accessToken : accessToken]) {
        expect(await tokens.verify(token, context), `round ${round}`).toBe('invalid');
      }
    }
  });

  it('are not handed out where the family has ended while they were made', async () => {
    const { tokens } = create();
    const inner = opaqueAccess(tokens);
    const families = familiesOf({
      access: {
        ...inner,
        async issue(grant, given) {
          const made = await inner.issue(grant, given);
          if (grant.family.generation > 0) await families.revoke('ada', grant.family.id, given);
          return made;
        },
      },
    });
    const { refreshToken } = await families.issue({ subject: 'ada' }, context);
    const later = clockAt(START + OLD_ENOUGH).context();
    expect(await families.refresh(refreshToken, {}, later)).toEqual({ ok: false, reason: 'revoked' });
    expect((await tokens.list('ada', {}, later)).tokens).toEqual([]);
  });

  it('misuse: no tokens, no time, a misspelt option', () => {
    const { tokens } = create();
    expect(() => opaqueAccess(undefined as never)).toThrow('tokens: what opaqueTokens() made');
    expect(() => opaqueAccess(tokens, { expiresIn: 0 })).toThrow(/^expiresIn: /);
    expect(() => opaqueAccess(tokens, { expires: 1 } as never)).toThrow("no option 'expires'");
  });
});
