/**
 * The rule for several credentials in one request: the tables of the guide row by row, then everything crossed with
 * everything against an oracle that states the rule in another form.
 */
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Authenticator, any, decide, map, optional, protect, require } from '../../src/index.ts';
import { allOf, anyOf } from '../support/compose.ts';
import { contextOf } from '../support/context.ts';
import { tablesOf } from '../support/markdown-table.ts';
import { type Observed, observe } from '../support/observe.ts';
import { type Answer, challengesFor, eitherOf, everyOf, type Part, single } from '../support/oracle.ts';
import { requestOf } from '../support/request.ts';
import { carrying, NAMES, type Name, scripted, type Timing, VERDICTS, type Verdict } from '../support/scripted.ts';

const EVERYTHING = any(scripted('token'), scripted('key'), scripted('link'), scripted('session'), scripted('device'));

describe('the tables of docs/guides/several-schemes.md', () => {
  const guide = readFileSync(new URL('../../docs/guides/several-schemes.md', import.meta.url), 'utf8');
  const [pairs = [], shapes = [], compositions = []] = tablesOf(guide);

  const answerOf = ({ kind, scheme, reason }: Observed): string => {
    if (kind === 'absent') return reason === 'absent' ? 'absent' : `absent: ${reason}`;
    return scheme === undefined ? kind : `${kind}: ${scheme}`;
  };
  const askedOf = ({ asked }: Observed): string => asked.join(', ') || 'nobody';
  const cellsOf = (seen: Observed): object => ({
    Status: String(seen.status),
    Answer: answerOf(seen),
    Asked: askedOf(seen),
  });
  /** `bad token, good session` */
  const requestIn = (cell: string) => {
    const words = cell === 'nothing' ? [] : cell.split(', ').map((each) => each.split(' '));
    for (const [, name] of words) expect<readonly (string | undefined)[]>(NAMES, cell).toContain(name);
    const { headers, url } = carrying(Object.fromEntries(words.map(([verdict, name]) => [name, verdict])));
    return requestOf(headers, { url });
  };

  it('are all there, and no row stands twice', () => {
    expect([pairs.length, shapes.length, compositions.length]).toEqual([44, 29, 51]);
    const rows = [...pairs, ...shapes, ...compositions].map((row) => `${row.Composition} ${row.Request}`);
    expect(new Set(rows).size).toBe(rows.length);
  });

  it.each(pairs)('$Request: $Status, $Answer', async ({ Request, ...cells }) => {
    expect(cellsOf(await observe(EVERYTHING, requestIn(Request as string)))).toEqual(cells);
  });

  it.each(shapes)('$Request: $Status, $Answer', async ({ Request, ...cells }) => {
    const parts = [...(Request as string).matchAll(/`([^`]+)`/g)].map(([, part]) => part as string);
    const method = /^[A-Z]+$/.test(parts[0] as string) ? (parts.shift() as string) : 'GET';
    const headers = parts.map((part) => /^([^:]+): ?(.*)$/.exec(part)?.slice(1) as [string, string]);
    const request = requestOf(headers, { method });
    if (cells.Answer === 'preflight') {
      const asked: string[] = [];
      expect(await decide(EVERYTHING)(request, contextOf({ bindings: asked }))).toEqual({});
      const answer = await protect(EVERYTHING, () => new Response('handler'), {
        preflight: () => new Response('cors'),
      })(request as Request);
      expect(await answer.text()).toBe('cors');
      expect(asked).toEqual([]);
      return;
    }
    expect(cellsOf(await observe(EVERYTHING, request))).toEqual(cells);
  });

  it.each(compositions)('$Composition, $Request: $Status, $Answer', async (row) => {
    const { Composition, Request, ...cells } = row;
    const authenticator = readComposition((Composition as string).replaceAll(/[` ]/g, ''));
    expect(cellsOf(await observe(authenticator, requestIn(Request as string)))).toEqual(cells);
  });
});

/** `any(all(token,key),session)` as code would have it. */
function readComposition(text: string): Authenticator {
  const call = /^(any|all|optional)\((.*)\)$/.exec(text);
  if (!call) return scripted(text as Name);
  const parts: string[] = [];
  let depth = 0;
  for (const piece of (call[2] as string).split(/(?<=[(),])|(?=[(),])/)) {
    depth += piece === '(' ? 1 : piece === ')' ? -1 : 0;
    if (piece === ',' && depth === 0) parts.push('');
    else parts.push(`${parts.pop() ?? ''}${piece}`);
  }
  const made = parts.map(readComposition);
  if (call[1] === 'all') return allOf(...made);
  return call[1] === 'any' ? anyOf(...made) : optional(made[0] as Authenticator);
}

/** Compares what happened with what the oracle says, and counts. */
let compared = 0;
function compare(seen: Observed, parts: readonly Part[], answer: Answer, label: string): void {
  // Which of two explicit ones gives its name to the 400 is not part of the rule; that it is one of them is.
  const named: readonly (string | undefined)[] = answer.scheme?.split(' or ') ?? [undefined];
  const told = { ...answer, scheme: named.includes(seen.scheme) ? seen.scheme : answer.scheme };
  const expected: Observed = { ...told, challenges: challengesFor(parts, told) };
  // `expect` takes longer than all else here, so it has the word only where there is something to say.
  if (!isDeepStrictEqual({ ...seen }, expected)) expect(seen, label).toStrictEqual(expected);
  compared++;
}

/** Ways to write the same two parts. */
const SHAPES: Readonly<Record<string, (first: Authenticator, second: Authenticator) => Authenticator>> = {
  'any(a, b)': (a, b) => anyOf(a, b),
  'any(any(a), any(b))': (a, b) => anyOf(anyOf(a), anyOf(b)),
  'any(any(any(a), b))': (a, b) => anyOf(anyOf(anyOf(a), b)),
  'any(a, any(b))': (a, b) => anyOf(a, anyOf(b)),
  'map(any(a, b))': (a, b) => map(anyOf(a, b), ({ principal }) => [principal]),
  'any(map(a), require(b))': (a, b) =>
    anyOf(
      map(a, async () => 'mapped'),
      require(b, () => true),
    ),
  'any(require(any(a)), map(any(b)))': (a, b) =>
    anyOf(
      require(anyOf(a), async () => true),
      map(anyOf(b), () => 0),
    ),
  'any(all(a), all(b))': (a, b) => anyOf(allOf(a), allOf(b)),
};
const OPTIONAL_SHAPES: typeof SHAPES = {
  'optional(any(a, b))': (a, b) => optional(anyOf(a, b)),
  'map(optional(any(a, any(b))))': (a, b) => map(optional(anyOf(a, anyOf(b))), () => 'mapped'),
  'optional(map(any(a, b)))': (a, b) => optional(map(anyOf(a, b), () => 'mapped')),
};

const PAIRS = NAMES.flatMap((first) =>
  NAMES.filter((name) => name !== first).map((second) => [first, second] as const),
);
const TIMINGS: readonly Timing[] = ['at once', 'promise', 'thenable'];
type Given = Verdict | undefined;
const GIVEN: readonly Given[] = [undefined, ...VERDICTS];
/** One of each kind: what differs only in its reason takes the same way. */
const FEW: readonly Given[] = [undefined, 'good', 'expired', 'twice', 'weak', 'stale', 'down', 'silent'];

describe('every pair of carriers, every pair of verdicts, both orders', () => {
  describe.each([
    ...Object.entries(SHAPES).map(([title, shape], index) => ({
      title,
      shape,
      lenient: false,
      given: index ? FEW : GIVEN,
    })),
    ...Object.entries(OPTIONAL_SHAPES).map(([title, shape]) => ({ title, shape, lenient: true, given: FEW })),
  ])('$title', ({ shape, lenient, given: verdicts }) => {
    it.each(PAIRS)('%s, %s', async (first, second) => {
      let turn = 0;
      for (const one of verdicts) {
        for (const other of verdicts) {
          const given = { [first]: one, [second]: other };
          const timings = [TIMINGS[turn % 3], TIMINGS[turn++ % 2]] as const;
          const authenticator = shape(scripted(first, timings[0]), scripted(second, timings[1]));
          const parts = [single(first, given), single(second, given)];
          const { headers, url } = carrying(given);
          const seen = await observe(authenticator, requestOf(headers, { url, method: turn % 2 ? 'GET' : 'HEAD' }));
          compare(seen, parts, eitherOf(parts, lenient).answer, JSON.stringify({ given, timings }));
        }
      }
    });
  });

  it('was more than ten thousand cases', () => {
    expect(compared).toBeGreaterThan(10_000);
  });
});

describe('all', () => {
  it.each(PAIRS)('all(%s, %s) for every pair of verdicts', async (first, second) => {
    for (const one of GIVEN) {
      for (const other of GIVEN) {
        const given = { [first]: one, [second]: other };
        const parts = [single(first, given), single(second, given)];
        const { headers, url } = carrying(given);
        const authenticator = allOf(scripted(first), scripted(second, 'promise'));
        const { answer, names } = everyOf(parts);
        // The whole is one part here: the others that are asked for are its own.
        const part: Part = { explicit: false, ambient: false, presented: false, names, answer };
        compare(await observe(authenticator, requestOf(headers, { url })), [part], answer, JSON.stringify(given));
      }
    }
  });

  // Looked for as soon as one part can be, and asked by a cookie too; the third is a stranger to the two.
  const GROUPS = [
    ['token', 'key', 'session'],
    ['token', 'key', 'link'],
    ['key', 'link', 'token'],
    ['session', 'device', 'key'],
    ['session', 'device', 'token'],
    ['key', 'session', 'device'],
    ['token', 'device', 'link'],
  ] as const;
  it.each(GROUPS)(
    'any(all(%s, %s), %s) for every three verdicts, both orders',
    { timeout: 30_000 },
    async (first, second, third) => {
      for (const a of FEW) {
        for (const b of FEW) {
          for (const c of FEW) {
            const given = { [first]: a, [second]: b, [third]: c };
            const { headers, url } = carrying(given);
            const whole = everyOf([single(first, given), single(second, given)]);
            const other = single(third, given);
            for (const parts of [[whole, other] as const, [other, whole] as const]) {
              const made = parts.map((part) =>
                part === whole ? allOf(scripted(first), scripted(second)) : scripted(third),
              );
              for (const lenient of [false, true]) {
                const composed = lenient ? optional(anyOf(...made)) : anyOf(...made);
                const seen = await observe(composed, requestOf(headers, { url }));
                compare(seen, parts, eitherOf(parts, lenient).answer, JSON.stringify({ given, lenient }));
              }
            }
          }
        }
      }
    },
  );

  it('any(all(key, session), all(token, device)) for every four verdicts', { timeout: 30_000 }, async () => {
    const composed = anyOf(
      allOf(scripted('key'), scripted('session', 'promise')),
      allOf(scripted('token', 'thenable'), scripted('device')),
    );
    const cases = FEW.flatMap((key) =>
      FEW.flatMap((session) =>
        FEW.flatMap((token) => FEW.map((device): Parameters<typeof single>[1] => ({ key, session, token, device }))),
      ),
    );
    for (const given of cases) {
      const { headers, url } = carrying(given);
      const parts = [
        everyOf([single('key', given), single('session', given)]),
        everyOf([single('token', given), single('device', given)]),
      ];
      const seen = await observe(composed, requestOf(headers, { url }));
      compare(seen, parts, eitherOf(parts).answer, JSON.stringify(given));
    }
  });
});

describe('five parts in any order and nesting', () => {
  /** How a list is folded into a tree, its leaves in order. */
  type Tree = readonly number[];
  const fold = (leaves: readonly Authenticator[], tree: Tree): Authenticator => {
    const [cut = 0, wrapper = 0, ...rest] = tree;
    if (leaves.length === 1 || rest.length === 0) return anyOf(...leaves);
    const at = 1 + (cut % (leaves.length - 1));
    const half = Math.floor(rest.length / 2);
    const made = anyOf(fold(leaves.slice(0, at), rest.slice(0, half)), fold(leaves.slice(at), rest.slice(half)));
    if (wrapper % 3 === 0) return map(made, async ({ principal }) => [principal]);
    return wrapper % 3 === 1 ? require(made, () => true) : made;
  };

  it("gives the oracle's answer", { timeout: 30_000 }, async () => {
    const property = fc.asyncProperty(
      fc.shuffledSubarray([...NAMES], { minLength: 1 }),
      fc.record(
        Object.fromEntries(NAMES.map((name) => [name, fc.option(fc.constantFrom(...VERDICTS), { nil: undefined })])),
      ),
      fc.array(fc.nat(11), { minLength: 1, maxLength: 14 }),
      fc.array(fc.constantFrom(...TIMINGS), { minLength: 5, maxLength: 5 }),
      fc.boolean(),
      async (names, given, tree, timings, lenient) => {
        const folded = fold(
          names.map((name, index) => scripted(name, timings[index])),
          tree,
        );
        const { headers, url } = carrying(given);
        // Credentials of parts that are not configured are nobody's business.
        const parts = names.map((name) => single(name, given));
        const expected = eitherOf(parts, lenient).answer;
        const stranger = given.token !== undefined && !names.includes('token');
        const seen = await observe(lenient ? optional(folded) : folded, requestOf(headers, { url }));
        compare({ ...seen, reason: seen.reason === 'unknown_scheme' ? 'absent' : seen.reason }, parts, expected, '');
        if (stranger) expect(seen.scheme).not.toBe('token');
      },
    );
    await fc.assert(property, { numRuns: 3000 });
  });
});
