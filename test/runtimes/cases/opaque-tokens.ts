import type { Store } from '../../../src/schemes/session.ts';
import { equal, ok, refuses } from '../expect.ts';
import type { Case } from '../library.ts';
import { at, frozen, HOUR } from '../session-app.ts';

/** Of ada, made with node:crypto from the dice of {@link frozen}. */
const MADE_ON_NODE = 'acme__e5DDUC9V97qIGmy-0SN1h9osfpDjNUeZ7D5QovUHWav-EGK0xxlrvcYpZ7r9';

export const opaqueTokensCases: readonly Case[] = [
  [
    'opaque tokens: what is issued is verified and listed, until it ends',
    async (library) => {
      const tokens = library.opaqueTokens.opaqueTokens<{ name: string }>({ store: library.memoryStore.memoryStore() });
      const details = { subject: 'ada', scopes: ['a', 'b'], data: { name: 'é' } };
      const { token, record } = await tokens.issue(details, at(library, 0));
      const found = await tokens.verify(token, at(library, HOUR - 1));
      ok(typeof found === 'object', `it is ${found}`);
      equal(found.principal, record);
      equal([found.subject, found.scopes, found.principal.data], ['ada', ['a', 'b'], { name: 'é' }]);
      equal([found.expiresAt, found.credentialId], [record.expiresAt, record.id]);
      equal((await tokens.list('ada', {}, at(library, 1))).tokens, [record]);
      equal(await tokens.verify(token, at(library, HOUR)), 'invalid');
    },
  ],

  [
    'opaque tokens: a token is the one that Node makes, and good here',
    async (library) => {
      const tokens = library.opaqueTokens.opaqueTokens({ store: library.memoryStore.memoryStore(), prefix: 'acme' });
      const { token } = await tokens.issue({ subject: 'ada' }, frozen());
      equal(token, MADE_ON_NODE);
      const found = tokens.verify(MADE_ON_NODE, frozen());
      ok(!(found instanceof Promise), 'it is a promise');
      ok(typeof found === 'object', `it is ${found}`);
    },
  ],

  [
    'opaque tokens: revoked by id, by itself, or with all of its subject, it is dead at once',
    async (library) => {
      const tokens = library.opaqueTokens.opaqueTokens({ store: library.memoryStore.memoryStore() });
      const issue = (epoch?: number) => tokens.issue({ subject: 'ada', epoch }, at(library, 0));
      const [one, two, three] = [await issue(), await issue(), await issue()];
      const epoch = await tokens.epoch('ada', at(library, 0));
      equal(await tokens.revoke('eve', one.record.id, at(library, 1)), false);
      equal(await tokens.revoke('ada', one.record.id, at(library, 1)), true);
      equal(await tokens.revokeToken(two.token, at(library, 1)), true);
      equal(await tokens.revokeToken(two.token, at(library, 1)), false);
      ok(typeof (await tokens.verify(three.token, at(library, 1))) === 'object', 'too many are revoked');
      await tokens.revokeAll('ada', at(library, 2));
      const late = await issue(epoch);
      for (const { token } of [one, two, three, late]) equal(await tokens.verify(token, at(library, 3)), 'invalid');
      ok(typeof (await tokens.verify((await issue()).token, at(library, 3))) === 'object', 'a new one is dead');
    },
  ],

  [
    'opaque tokens: garbage costs no look-up, and nothing throws',
    async (library) => {
      const fail = (): never => {
        throw new Error('down');
      };
      const store = library.memoryStore.memoryStore();
      const { token } = await library.opaqueTokens.opaqueTokens({ store }).issue({ subject: 'ada' }, at(library, 0));
      const tokens = library.opaqueTokens.opaqueTokens({
        store: { ...store, read: fail, delete: fail } satisfies Store,
      });
      for (const text of ['', 'token', '__proto__', 'ü', '\0', `T${token.slice(1)}`, 'a'.repeat(1_000_000)]) {
        equal(tokens.verify(text, at(library, 1)), undefined, text.slice(0, 20));
      }
      const last = token.at(-1) === 'A' ? 'B' : 'A';
      for (const text of [
        'token_',
        `${token}A`,
        `${token}\n`,
        token.slice(0, -1),
        token.slice(0, -1) + last,
        `token_${'\0'.repeat(61)}`,
        `token_${'A'.repeat(1_000_000)}`,
      ]) {
        equal(tokens.verify(text, at(library, 1)), 'malformed', text.slice(0, 20));
        equal(await tokens.revokeToken(text, at(library, 1)), false);
      }
      // A good one reaches the store, which is down.
      let thrown: unknown;
      try {
        tokens.verify(token, at(library, 1));
      } catch (error) {
        thrown = error;
      }
      ok(thrown instanceof Error && thrown.message === 'down', `threw ${thrown}`);
    },
  ],

  [
    'opaque tokens: a bad option is a TypeError that names it',
    ({ memoryStore, opaqueTokens }) => {
      const store = memoryStore.memoryStore();
      refuses(() => opaqueTokens.opaqueTokens({ store: undefined as unknown as Store }), 'store');
      refuses(() => opaqueTokens.opaqueTokens({ store, prefix: 'A_' }), 'prefix');
      refuses(() => opaqueTokens.opaqueTokens({ store, expiresIn: 0.5 }), 'expiresIn');
      refuses(() => opaqueTokens.opaqueTokens({ store, ...{ secret: 'x' } }), 'secret');
    },
  ],
];
