import { limits, quota, rateLimit } from '../../src/guards/limits.ts';
import { type Authenticator, accept, protect } from '../../src/index.ts';
import type { Store } from '../../src/stores/contract.ts';
import { START } from './sessions.ts';

/** How many of 500 requests at once a limit of 5 lets in, by each kind of limit: 5, whatever the store's distance. */
export async function admittedOf500(store: Store<'counters'>, now = START): Promise<readonly number[]> {
  const caller: Authenticator = {
    schemes: ['robot'],
    carriers: [],
    authenticate: () => accept('robot', 'R2', { subject: 'R2' }),
    challenge: () => [],
  };
  const kinds = [
    rateLimit({ name: `rate${Math.random()}`.replace('.', ''), requests: 5, per: 3600 }),
    quota({ name: `quota${Math.random()}`.replace('.', ''), requests: 5, period: 'day' }),
  ];
  const counts: number[] = [];
  for (const limit of kinds) {
    const api = protect(limits(caller, { store, limits: [limit] }), () => new Response('ok'), {
      context: () => ({ now }),
    });
    const request = new Request('https://app.example/');
    const responses = await Promise.all(Array.from({ length: 500 }, () => api(request)));
    counts.push(responses.filter(({ status }) => status === 200).length);
    const others = responses.filter(({ status }) => status !== 200 && status !== 429);
    if (others.length) throw new Error(`${others.length} answers of ${others[0]?.status}`);
  }
  return counts;
}
