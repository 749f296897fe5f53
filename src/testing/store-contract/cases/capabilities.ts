import { CAPABILITIES, isSentence } from '../claims.ts';
import { ok } from '../expect.ts';
import type { Behaviour } from '../fixture.ts';

/** What each store says of itself, claimed or not. */
export const capabilitiesCases: readonly Behaviour[] = CAPABILITIES.map((name) => [
  `capabilities: ${name} is true, or a sentence that says why not`,
  async (_store, _now, handles) => {
    for (const { capabilities } of handles) {
      const claim: unknown = capabilities?.[name];
      ok(claim === true || isSentence(claim), `capabilities.${name} is ${JSON.stringify(claim)}`);
    }
  },
]);
