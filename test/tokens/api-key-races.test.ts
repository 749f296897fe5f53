import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/stores/memory.ts';
import { keysIn } from '../support/api-keys.ts';
import { clockAt, slowStore } from '../support/sessions.ts';
import { together } from '../support/together.ts';

const ROUNDS = 1000;
const context = clockAt().context();
const create = () => keysIn({ store: slowStore(memoryStore()) });

describe('races of API keys, over a store that takes its time', () => {
  it(`of all who revoke one, by its id or by itself, exactly one is told, ${ROUNDS} rounds`, async () => {
    const { keys, manage } = create();
    for (let round = 0; round < ROUNDS; round++) {
      const { key, record } = await manage.create({ subject: `user${round}` }, context);
      const answers = await together([
        () => manage.revoke(record.subject, record.id, context),
        () => manage.revoke(record.subject, record.id, context),
        () => manage.revokeKey(key, context),
      ]);
      expect(answers.filter(Boolean), `round ${round}`).toHaveLength(1);
      expect(await keys.verify(key, context)).toBe('revoked');
    }
  });

  it(`of all who rotate one, one has a new key, and no other is left over, ${ROUNDS} rounds`, async () => {
    const { keys, manage } = create();
    for (let round = 0; round < ROUNDS; round++) {
      const { record } = await manage.create({ subject: `user${round}` }, context);
      const rotate = () => manage.rotate(record.subject, record.id, {}, context);
      const answers = await together([rotate, rotate, rotate]);
      const [issued, ...more] = answers.filter(Boolean) as { key: string }[];
      expect(more, `round ${round}`).toEqual([]);
      expect(await keys.verify(issued?.key ?? '', context)).toMatchObject({ subject: record.subject });
      expect((await manage.list(record.subject, {}, context)).keys).toHaveLength(2);
    }
  });

  it(`one that is revoked while it is rotated: one of both happened, ${ROUNDS} rounds`, async () => {
    const { keys, manage } = create();
    for (let round = 0; round < ROUNDS; round++) {
      const { key, record } = await manage.create({ subject: `user${round}` }, context);
      const [issued] = (await together([
        () => manage.rotate(record.subject, record.id, {}, context),
        () => manage.revoke(record.subject, record.id, context),
      ])) as [{ key: string } | undefined, unknown];
      // Revoked it is in any case: whoever was slower tried again.
      expect(await keys.verify(key, context), `round ${round}`).toBe('revoked');
      const { keys: listed } = await manage.list(record.subject, {}, context);
      expect(listed).toHaveLength(issued ? 2 : 1);
      if (issued) expect(await keys.verify(issued.key, context)).toMatchObject({ subject: record.subject });
    }
  });

  it(`changed in two ways at once, nothing of either is lost, also not while it is used, ${ROUNDS} rounds`, async () => {
    const { keys, manage } = create();
    for (let round = 0; round < ROUNDS; round++) {
      const { key, record } = await manage.create({ subject: `user${round}` }, context);
      const later = clockAt(context.now + 4000).context();
      await together([
        () => manage.update(record.subject, record.id, { name: 'renamed' }, context),
        () => manage.update(record.subject, record.id, { scopes: ['a'] }, context),
        async () => keys.verify(key, later),
      ]);
      const seen = await manage.get(record.subject, record.id, context);
      expect(seen, `round ${round}`).toMatchObject({ name: 'renamed', scopes: ['a'] });
    }
  });

  it(`a key of an epoch that is revoked while it is made is dead from the start, ${ROUNDS} rounds`, async () => {
    const { keys, manage } = create();
    for (let round = 0; round < ROUNDS; round++) {
      const subject = `user${round}`;
      const epoch = await manage.epoch(subject, context);
      const [issued] = (await together([
        () => manage.create({ subject, epoch }, context),
        () => manage.revokeAll(subject, context),
      ])) as [{ key: string }, unknown];
      expect(await keys.verify(issued.key, context), `round ${round}`).toBe('invalid');
    }
  });
});
