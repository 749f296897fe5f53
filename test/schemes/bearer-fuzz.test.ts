import { expect, it } from 'vitest';
import { type AuthEvent, protect } from '../../src/index.ts';
import { bearer } from '../../src/schemes/bearer.ts';
import { AUDIENCE, claiming, formatOf } from '../support/raw-jws.ts';
import { START } from '../support/sessions.ts';

const RUNS = 20_000;
const SEED = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 32));
const GOOD = claiming({ jti: 'canary' });
const JSONS = [
  '{}',
  '[]',
  'null',
  '1e400',
  '{"alg":"none"}',
  '{"alg":"HS256"}',
  '{"iss":"x"}',
  '{"__proto__":{}}',
  '"',
];
const PIECES = [
  ...GOOD.split('.'),
  '.',
  '..',
  '=',
  '==',
  '+',
  '/',
  ',',
  ' ',
  '"',
  '\\',
  '\0',
  '\n',
  '\u00e4',
  '\u20ac',
  '\ud800',
];

/** Texts that are almost tokens, the same ones for one seed. */
function generator(seed: number): () => string {
  let state = seed;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const pick = (list: readonly string[]): string => list[below(list.length)] as string;
  const times = (limit: number, part: () => string): string => Array.from({ length: below(limit) }, part).join('');
  const character = (): string => String.fromCharCode(below(below(4) ? 0x80 : 0x10000));
  const encoded = (): string => Buffer.from(pick(JSONS) + (below(8) ? '' : character())).toString('base64url');
  const forms = [
    () => times(60, character),
    () => times(9, () => pick(PIECES)),
    () => `${encoded()}.${encoded()}.${times(50, () => pick(['A', 'b', '0', '_', '-']))}`,
    // One place of a good one is changed: cut, doubled, or something else.
    () => {
      const at = below(GOOD.length);
      return GOOD.slice(0, at) + times(4, below(2) ? character : () => pick(PIECES)) + GOOD.slice(at + below(3));
    },
  ];
  return () => (forms[below(forms.length)] as () => string)();
}

it('any text behind the word is an outcome: no throw, no 5xx, nothing of it told', { timeout: 60_000 }, async () => {
  const events: AuthEvent[] = [];
  const errors: unknown[] = [];
  let text = '';
  const api = protect(bearer({ tokens: formatOf({ cache: 100 }) }), () => new Response(), {
    context: () => ({ now: START }),
    onEvent: (event) => events.push(event),
    onError: (error) => errors.push(error),
  });
  // Not `Headers`, which refuses some of them: a view of another server's request may hold anything.
  const get = (name: string): string | null => (name === 'authorization' ? `Bearer ${text}` : null);
  const request = { method: 'GET', url: AUDIENCE, headers: { get } } as unknown as Request;
  const next = generator(SEED);
  const counts: Record<number, number> = { 200: 0, 400: 0, 401: 0 };
  for (let run = 0; run < RUNS; run++) {
    text = next();
    const { status } = await api(request);
    counts[status] = (counts[status] ?? 0) + 1;
    const isRight = text === GOOD ? status === 200 : status === 401 || (status === 400 && text.includes(','));
    if (!isRight) throw new Error(`${status} of ${JSON.stringify(text)}; FUZZ_SEED=${SEED}`);
  }
  expect(errors).toEqual([]);
  expect(Object.keys(counts)).toEqual(['200', '400', '401']);
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(0);
  const told = new Set(events.map(({ at: _, ...event }) => JSON.stringify(event)));
  expect([...told].sort()).toEqual([
    '{"type":"accepted","scheme":"bearer","subject":"ada","credentialId":"canary"}',
    '{"type":"rejected","scheme":"bearer","status":400,"reason":"malformed"}',
    '{"type":"rejected","scheme":"bearer","status":401,"reason":"invalid"}',
    '{"type":"rejected","scheme":"bearer","status":401,"reason":"malformed"}',
  ]);
});
