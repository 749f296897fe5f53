import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/stores/memory.ts';
import { opaqueTokens } from '../../src/tokens/opaque-tokens.ts';
import { clockAt, slowStore } from '../support/sessions.ts';
import { together } from '../support/together.ts';

const ROUNDS = 1000;
const context = clockAt().context();
const create = () => opaqueTokens<number | undefined>({ store: slowStore(memoryStore()), prefix: 'acme' });

describe('races of opaque tokens, over a store that takes its time', () => {
  it(`of all who revoke one, by its id or by itself, exactly one is told true, ${ROUNDS} rounds`, async () => {
    const tokens = create();
    for (let round = 0; round < ROUNDS; round++) {
      const { token, record } = await tokens.issue({ subject: 'ada' }, context);
      const answers = await together([
        () => tokens.revoke('ada', record.id, context),
        () => tokens.revoke('ada', record.id, context),
        () => tokens.revokeToken(token, context),
        () => tokens.revoke('mallory', record.id, context),
      ]);
      expect(answers.filter(Boolean), `round ${round}`).toHaveLength(1);
      expect(answers[3]).toBe(false);
      expect(await tokens.verify(token, context)).toBe('invalid');
    }
  });

  it(`a token of an epoch that is revoked while it is issued is dead from the start, ${ROUNDS} rounds`, async () => {
    const tokens = create();
    for (let round = 0; round < ROUNDS; round++) {
      const subject = `user${round}`;
      const epoch = await tokens.epoch(subject, context);
      const [issued] = await together([
        () => tokens.issue({ subject, epoch }, context),
        () => tokens.revokeAll(subject, context).then(() => undefined),
      ]);
      expect(await tokens.verify(issued?.token ?? '', context), `round ${round}`).toBe('invalid');
    }
  });

  it('of issuing and revoking all at once nothing is left half done', async () => {
    const tokens = create();
    for (let round = 0; round < ROUNDS; round++) {
      const subject = `user${round}`;
      const before = await tokens.issue({ subject }, context);
      const [issued] = await together([
        () => tokens.issue({ subject }, context),
        () => tokens.revokeAll(subject, context).then(() => undefined),
      ]);
      expect(await tokens.verify(before.token, context)).toBe('invalid');
      const isAlive = (await tokens.verify(issued?.token ?? '', context)) !== 'invalid';
      // In the list if it is alive, and only then.
      expect((await tokens.list(subject, {}, context)).tokens.length, `round ${round}`).toBe(isAlive ? 1 : 0);
    }
  });

  it('whoever verifies while it is revoked is told one or the other, and from then on invalid', async () => {
    const tokens = create();
    for (let round = 0; round < ROUNDS; round++) {
      const { token, record } = await tokens.issue({ subject: 'ada', data: round }, context);
      const [seen] = await together([
        async () => tokens.verify(token, context),
        () => tokens.revoke('ada', record.id, context).then(() => undefined),
      ]);
      if (seen !== 'invalid') expect(seen).toMatchObject({ principal: { id: record.id, data: round } });
      expect(await tokens.verify(token, context), `round ${round}`).toBe('invalid');
    }
  });

  it('1,000 people at once: nobody is somebody else', async () => {
    const tokens = create();
    const issued = await Promise.all(
      Array.from({ length: 1000 }, async (_, index) => {
        const { token } = await tokens.issue({ subject: `user${index}`, data: index }, context);
        return [token, index] as const;
      }),
    );
    const acts = issued.map(
      ([token, index]) =>
        async () =>
          [index, await tokens.verify(token, context)] as const,
    );
    for (const [index, found] of await together(acts)) {
      expect(found).toMatchObject({ subject: `user${index}`, principal: { data: index } });
    }
  });
});
