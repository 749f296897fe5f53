import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/stores/contract.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { type OpaqueAccessData, opaqueAccess } from '../../src/tokens/access-tokens.ts';
import { opaqueTokens } from '../../src/tokens/opaque-tokens.ts';
import { familiesOf, LEEWAY, OLD_ENOUGH, REFRESH_SECRET, watchedFamilies } from '../support/families.ts';
import { forgeRefreshToken } from '../support/forge-refresh-token.ts';
import { clockAt, countingStore } from '../support/sessions.ts';

const OTHER = 'another secret for tests, 32 bytes';
const THIRD = 'a third secret for tests, 32 bytes';

/** A store, and all that was ever handed to it. */
function dumpedStore(): { readonly store: Store; dump(): string } {
  const given: unknown[] = [];
  const inner = memoryStore();
  const store = new Proxy(inner, {
    get: (target, verb: keyof Store) =>
      verb === 'capabilities'
        ? target.capabilities
        : (...values: unknown[]) => {
            given.push(values);
            return (target[verb] as (...all: unknown[]) => unknown)(...values);
          },
  });
  return { store, dump: () => JSON.stringify(given) };
}

const partsOf = (token: string) => {
  const [, key = '', family = '', generation = '', proof = '', tag = ''] = token.split('.');
  return { key, family, generation, proof, tag };
};
/** Where a token's family is. */
const keyOf = (token: string) => {
  const { family } = partsOf(token);
  return { kind: 'family.refresh', partition: family.slice(0, 12), id: family.slice(12) };
};
const rowOf = async (store: Store, token: string, now: number): Promise<{ salt: string; key: string }> =>
  JSON.parse((await store.read(keyOf(token), now))?.data ?? '');

describe('what leaks', () => {
  it('a dump of all that the store ever saw has no token in it, nor what makes one', async () => {
    const { store, dump } = dumpedStore();
    const access = opaqueAccess(opaqueTokens<OpaqueAccessData>({ store, prefix: 'access' }));
    const { clock, issue, refresh } = watchedFamilies({ store, access });
    const attempt = 'attempt-of-22-characters';
    const { refreshToken, accessToken } = await issue({ binding: 'the thumbprint' });
    const secrets = [refreshToken, accessToken, attempt, 'the thumbprint'];
    for (let token = refreshToken, round = 0; round < 3; round++) {
      clock.now += OLD_ENOUGH;
      const next = await refresh(token, { attempt, binding: 'the thumbprint' });
      token = next.refreshToken ?? '';
      secrets.push(token, next.accessToken ?? '');
    }
    const parts = secrets.flatMap((secret) => [secret, ...secret.split('.').filter((part) => part.length === 43)]);
    expect(parts).toHaveLength(8 + 2 + 8);
    for (const part of parts) expect(dump().includes(part), part).toBe(false);
    // The control: what is no secret is there.
    expect(dump()).toContain(partsOf(refreshToken).family.slice(12));
  });

  it('tokens are what their description says, made apart from the library', async () => {
    const { clock, issue, refresh, store } = watchedFamilies();
    const { refreshToken: first } = await issue();
    const { salt } = await rowOf(store, first, clock.now);
    const { family } = partsOf(first);
    expect(forgeRefreshToken({ secret: REFRESH_SECRET, family, generation: 0, salt })).toBe(first);
    clock.now += OLD_ENOUGH;
    const { refreshToken: second } = await refresh(first);
    expect(forgeRefreshToken({ secret: REFRESH_SECRET, family, generation: 1, salt })).toBe(second);
  });

  it.each([
    ['the table, and no secret', { secret: OTHER }, 'malformed'],
    ['the secret, and not the table', { salt: 'a guess' }, 'invalid'],
    ['both, and a secret that this family is not under', { key: 'b', secret: OTHER }, 'invalid'],
    ['the table, and a name that no secret has', { key: 'z' }, 'malformed'],
  ])('%s: opens nothing, and ends nothing', async (_name, stolen, reason) => {
    const { clock, events, families, issue, refresh, store } = watchedFamilies({
      secrets: { a: REFRESH_SECRET, b: OTHER },
    });
    const { refreshToken } = await issue();
    const { salt } = await rowOf(store, refreshToken, clock.now);
    const { family } = partsOf(refreshToken);
    for (const generation of [0, 1, 9]) {
      const forged = forgeRefreshToken({ secret: REFRESH_SECRET, family, generation, salt, ...stolen });
      // The secret `b` under the name `a` is no key of ours at all.
      expect((await refresh(forged)).answer, `generation ${generation}`).toBe(reason);
      expect(await families.revokeToken(forged, {}, clock.context())).toBe(false);
    }
    expect((await refresh(refreshToken)).answer).toBe('kept');
    expect(events.map(({ type }) => type)).not.toContain('reused');
  });

  it('the control: both together open everything', async () => {
    const { clock, issue, refresh, store } = watchedFamilies();
    const { refreshToken } = await issue();
    const { salt } = await rowOf(store, refreshToken, clock.now);
    const forged = forgeRefreshToken({
      secret: REFRESH_SECRET,
      family: partsOf(refreshToken).family,
      generation: 0,
      salt,
    });
    expect((await refresh(forged)).answer).toBe('kept');
  });

  it('a tag of one family proves nothing for another, nor a proof', async () => {
    const { issue, refresh } = watchedFamilies();
    const [one, two] = [partsOf((await issue()).refreshToken), partsOf((await issue()).refreshToken)];
    for (const { key, family, generation, proof, tag } of [
      { ...one, tag: two.tag },
      { ...one, proof: two.proof },
      { ...one, proof: two.proof, tag: two.tag },
      { ...one, family: two.family },
      { ...one, generation: '1' },
      { ...one, generation: '00' },
      { ...one, proof: one.tag, tag: one.proof },
    ]) {
      expect((await refresh(`refresh_1.${key}.${family}.${generation}.${proof}.${tag}`)).answer).toBe('malformed');
    }
  });

  it('events and errors have no token in them', async () => {
    const store = memoryStore();
    const { events, families, issue, refresh, clock } = watchedFamilies({ store });
    const { refreshToken, accessToken } = await issue();
    await refresh(refreshToken);
    await refresh(`${refreshToken}x`);
    clock.now += OLD_ENOUGH;
    await refresh(refreshToken);
    clock.now += LEEWAY + 1;
    await refresh(refreshToken);
    await families.revokeAll('ada', clock.context());
    const told = JSON.stringify(events);
    const { proof, tag } = partsOf(refreshToken);
    for (const secret of [refreshToken, accessToken, proof, tag]) expect(told).not.toContain(secret);
    expect(events.map(({ type }) => type)).toEqual(['issued', 'kept', 'refused', 'rotated', 'reused']);
  });

  it('every change, drop, doubling and swap of one character is malformed, and costs no look-up', async () => {
    const store = countingStore();
    const { issue, refresh } = watchedFamilies({ store });
    const { refreshToken: token } = await issue();
    store.reset();
    for (let at = 0; at < token.length; at++) {
      const [before, own, after] = [token.slice(0, at), token[at] ?? '', token.slice(at + 1)];
      const swapped = before + (after[0] ?? 'x') + own + after.slice(1);
      const changed = before + (own === 'A' ? 'B' : 'A') + after;
      for (const other of [
        changed,
        before + after,
        before + own + own + after,
        ...(swapped === token ? [] : [swapped]),
      ]) {
        // What differs only in bits that base64url does not use is another text, and so no token.
        expect((await refresh(other)).answer, other).toBe('malformed');
      }
    }
    expect(store.total).toBe(0);
  });
});

describe('a change of the secret', () => {
  const store = memoryStore();
  const clock = clockAt();
  const only = familiesOf({ store, secrets: { a: REFRESH_SECRET } });
  const added = familiesOf({ store, secrets: { a: REFRESH_SECRET, b: OTHER } });
  const promoted = familiesOf({ store, secrets: { b: OTHER, a: REFRESH_SECRET } });
  const retired = familiesOf({ store, secrets: { b: OTHER } });
  const next = familiesOf({ store, secrets: { c: THIRD, b: OTHER } });

  const refreshed = async (families: typeof only, token: string) => {
    const result = await families.refresh(token, {}, clock.context());
    return result.ok ? (result.refreshToken ?? token) : result.reason;
  };

  it('keeps every family alive, and moves it to the new one when it is used', async () => {
    const { refreshToken: first } = await only.issue({ subject: 'ada' }, clock.context());
    clock.now += OLD_ENOUGH;
    const second = await refreshed(added, first);
    expect(partsOf(second).key).toBe('a');
    clock.now += OLD_ENOUGH;
    const third = await refreshed(promoted, second);
    expect([partsOf(third).key, partsOf(third).generation]).toEqual(['b', '2']);
    // A tab that still has the one before, which is under the old secret; and a server that has not heard of the change.
    expect(await refreshed(promoted, second)).toBe(third);
    expect(await refreshed(added, second)).toBe(third);
    clock.now += OLD_ENOUGH;
    const fourth = await refreshed(retired, third);
    expect(partsOf(fourth).key).toBe('b');
    // It is still known that the second one is old.
    expect(await refreshed(promoted, second)).toBe('replayed');
    expect(await refreshed(promoted, fourth)).toBe('revoked');
  });

  it('does not touch a generation that is only used: its token was made under the old one', async () => {
    const { refreshToken: first } = await only.issue({ subject: 'ada' }, clock.context());
    clock.now += OLD_ENOUGH;
    const rotated = await only.refresh(first, { attempt: 'attempt-of-22-characters' }, clock.context());
    const second = (rotated.ok && rotated.refreshToken) || '';
    // The first use ends the attempt, which is a write.
    expect([await refreshed(promoted, second), await refreshed(promoted, second)]).toEqual([second, second]);
    expect(partsOf(second).key).toBe('a');
  });

  it('through two of them: what was two secrets ago is invalid, and ends nothing', async () => {
    const { refreshToken: first } = await only.issue({ subject: 'ada' }, clock.context());
    clock.now += OLD_ENOUGH;
    const second = await refreshed(promoted, first);
    clock.now += OLD_ENOUGH;
    const third = await refreshed(next, second);
    expect(partsOf(third).key).toBe('c');
    const all = familiesOf({ store, secrets: { c: THIRD, b: OTHER, a: REFRESH_SECRET } });
    expect(await refreshed(all, first)).toBe('invalid');
    expect(await refreshed(all, third)).toBe(third);
  });

  it('a server that lacks the new secret has an outage, and signs nobody out', async () => {
    const { refreshToken: first } = await only.issue({ subject: 'ada' }, clock.context());
    clock.now += OLD_ENOUGH;
    const second = await refreshed(promoted, first);
    await expect(refreshed(only, first)).rejects.toThrow(
      /^refresh token: a secret of that name is not configured here$/,
    );
    expect(await refreshed(promoted, second)).toBe(second);
  });

  it('secrets may come with the request, as on Workers', async () => {
    const families = familiesOf({
      store: () => store,
      secrets: { a: ({ bindings }) => (bindings as { readonly SECRET: string }).SECRET },
    });
    const context = clock.context({ bindings: { SECRET: REFRESH_SECRET } });
    const { refreshToken } = await families.issue({ subject: 'ada' }, context);
    expect(await only.refresh(refreshToken, {}, context)).toMatchObject({ ok: true });
    await expect(families.refresh(refreshToken, {}, clock.context({ bindings: { SECRET: '' } }))).rejects.toThrow(
      'secret: needs 32 bytes',
    );
  });
});
