import { describe, expect, it } from 'vitest';
import { endAccess } from '../../src/endpoints/end-access.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { jwtRevocations } from '../../src/tokens/jwt-revocations.ts';
import { opaqueTokens } from '../../src/tokens/opaque-tokens.ts';
import { keysIn } from '../support/api-keys.ts';
import { familiesOf } from '../support/families.ts';
import { Browser, clockAt, countingStore, KINDS } from '../support/sessions.ts';

const context = clockAt().context();

describe('ending all access of one subject', () => {
  it('sessions of both kinds, tokens, keys and families of refresh tokens are dead at once, by one write each, and nobody else’s', async () => {
    const store = countingStore(memoryStore());
    const [stored, sealed] = [KINDS.stored({ store }), KINDS.sealed({ store, scheme: 'sealed' })];
    const tokens = opaqueTokens({ store });
    const { keys, manage } = keysIn({ store });
    const families = familiesOf({ store });
    const revocations = jwtRevocations({ store });
    const browserOf = async (sessions: typeof stored, subject: string) =>
      new Browser().take((await sessions.issue(new Browser().request(), { subject }, context)).effects);
    const makeAll = async (subject: string) => {
      const [one, other] = [await browserOf(stored, subject), await browserOf(sealed, subject)];
      const { token } = await tokens.issue({ subject }, context);
      const { key } = await manage.create({ subject }, context);
      const { refreshToken } = await families.issue({ subject }, context);
      return async () => [
        (await stored.authenticate(one.request(), context)).kind,
        (await sealed.authenticate(other.request(), context)).kind,
        typeof (await tokens.verify(token, context)),
        typeof (await keys.verify(key, context)),
        (await families.refresh(refreshToken, {}, context)).ok,
      ];
    };
    const [ada, bob] = [await makeAll('ada'), await makeAll('bob')];
    const alive = ['accepted', 'accepted', 'object', 'object', true];
    expect([await ada(), await bob()]).toEqual([alive, alive]);
    store.reset();
    const jwts = (sub: string) => revocations.revokeAll({ iss: 'https://acme.example', sub }, context);
    await endAccess('ada', [stored, sealed, tokens, manage, families, jwts], context);
    expect(store.counts.endAll).toBe(5);
    expect(await ada()).toEqual(['rejected', 'rejected', 'string', 'string', false]);
    expect(await bob()).toEqual(alive);
  });

  it('each is asked, also where another fails, and all that failed is told', async () => {
    const asked: string[] = [];
    const failing = (name: string) => async () => {
      asked.push(name);
      throw new Error(name);
    };
    const throwing = () => {
      throw new Error('at once');
    };
    const tokens = { revokeAll: async (subject: string) => void asked.push(subject) };
    const ending = endAccess('ada', [failing('one'), throwing, tokens, failing('two')], context);
    await expect(ending).rejects.toMatchObject({
      message: '3 of 4 parts failed',
      errors: [new Error('one'), new Error('at once'), new Error('two')],
    });
    expect(asked).toEqual(['one', 'ada', 'two']);
  });

  it('of nobody is a mistake', async () => {
    await expect(endAccess('', [], context)).rejects.toThrow('subject');
  });
});
