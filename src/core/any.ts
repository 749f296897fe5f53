import { authScheme } from '../http/credentials.ts';
import type { AcceptedBy, Authenticator } from './authenticator.ts';
import { chain, type MaybePromise } from './chain.ts';
import { assertDistinct, composite, leavesOf, withEffects } from './composition.ts';
import type { Context, RequestLike } from './context.ts';
import type { Effect } from './effects.ts';
import {
  ABSENT,
  type Absent,
  accept,
  type Failure,
  type Outcome,
  type Rejected,
  reject,
  UNKNOWN_SCHEME,
} from './outcome.ts';

/** Turns a part that can't stand in an `any` into a sentence that the compiler shows. */
export type Distinct<T extends readonly Authenticator[], Seen = never> = T extends readonly [
  infer First extends Authenticator,
  ...infer Rest extends readonly Authenticator[],
]
  ? [Checked<First, AcceptedBy<First>['scheme'], Seen>, ...Distinct<Rest, Seen | Literal<AcceptedBy<First>['scheme']>>]
  : T;

/** A part typed as plain `Authenticator` says nothing about its name. */
type Literal<Scheme extends string> = string extends Scheme ? never : Scheme;

type Checked<Part, Scheme extends string, Seen> = string extends Scheme
  ? Part
  : 'anonymous' extends Scheme
    ? 'any(): optional goes around the whole, as in optional(any(a, b)): a part that lets everybody in ends the search'
    : [Extract<Scheme, Seen>] extends [never]
      ? Part
      : `any(): two parts have the scheme '${Extract<Scheme, Seen> & string}'; change one, or make them one scheme`;

/**
 * Accepts whoever any of its parts accepts. The rule for several credentials in one request, as a table in
 * `docs/guides/several-schemes.md` and as a test:
 *
 * - explicit credentials before ambient ones, whatever the order and nesting of the parts;
 * - a refused explicit credential is final: a bad token never falls back to the browser's cookie;
 * - a refused ambient one is remembered and the search goes on; at the end "insufficient" outranks "rejected";
 * - explicit credentials of two parts in one request are `malformed`, a 400, and nothing is looked up.
 *
 * @param authenticators One or more, each with scheme names and explicit carriers of its own.
 * @returns An authenticator whose acceptances narrow by `scheme`.
 * @throws TypeError On no part, on a part that is not an authenticator, and on two parts with one scheme name or carrier.
 *
 * @example
 * ```ts
 * import { any, protect } from 'countersign';
 * import { basic } from 'countersign/basic';
 *
 * const staff = basic({ realm: 'Staff', users: [{ username: 'ada', plaintextPassword: 'correct horse' }] });
 * export default { fetch: protect(any(staff), (_request, { principal }) => new Response(principal.username)) };
 * ```
 */
export function any<const T extends readonly [Authenticator, ...Authenticator[]]>(
  ...authenticators: T & Distinct<T>
): Authenticator<AcceptedBy<T[number]>> {
  const leaves = leavesOf(authenticators);
  assertDistinct(leaves);
  return compose(leaves) as Authenticator<AcceptedBy<T[number]>>;
}

/** A search through leaves: explicit ones by what the request carries, then ambient ones one after another. */
export function compose(leaves: readonly Authenticator[], lenient = false): Authenticator {
  // A part with both kinds of carrier (an `all` may have) is looked for by the one and asked by the other.
  const ambient = leaves.filter(
    ({ carriers }) => !carriers.length || carriers.some(({ header }) => header === 'cookie'),
  );
  const find = presentIn(leaves);

  const search = (
    request: RequestLike,
    context: Context,
    index: number,
    failure: Failure,
    effects: readonly Effect[] = [],
  ): MaybePromise<Outcome> => {
    const leaf = ambient[index];
    if (!leaf) {
      return lenient && failure.kind !== 'insufficient'
        ? accept('anonymous', null, { effects })
        : withEffects(failure, effects);
    }
    return chain(leaf.authenticate(request, context), (outcome) => {
      // What a refused cookie wants done (clearing it) travels with whatever is decided after it.
      const merged = effects.concat(outcome.effects ?? []);
      if (outcome.kind === 'accepted') return withEffects(outcome, merged);
      return search(request, context, index + 1, graver(failure, outcome), merged);
    });
  };

  const authenticate: Authenticator['authenticate'] = (request, context) => {
    const found = find(request);
    return chain('kind' in found ? found : found.authenticate(request, context), (outcome) =>
      outcome.kind === 'absent' ? search(request, context, 0, outcome, outcome.effects) : outcome,
    );
  };
  return composite(leaves, authenticate, lenient ? undefined : leaves);
}

/** Of two failures the one to answer with; of equals the first. */
function graver(first: Failure, second: Failure): Failure {
  const gravity = { absent: 0, rejected: 1, insufficient: 2 };
  return gravity[second.kind] > gravity[first.kind] ? second : first;
}

/** Looks whose explicit credentials a request carries, without reading any of them. */
function presentIn(leaves: readonly Authenticator[]): (request: RequestLike) => Authenticator | Rejected | Absent {
  const byScheme = new Map<string, Authenticator>();
  const others: [leaf: Authenticator, isIn: (request: RequestLike) => boolean][] = [];
  for (const leaf of leaves) {
    for (const { header, scheme, isIn } of leaf.carriers) {
      if (scheme) byScheme.set(scheme.toLowerCase(), leaf);
      else if (header !== 'cookie') others.push([leaf, isIn ?? (({ headers }) => headers.get(header) !== null)]);
    }
  }

  return (request) => {
    const value = byScheme.size ? request.headers.get('authorization') : null;
    let found = value === null ? undefined : byScheme.get(authScheme(value));
    for (const [leaf, isIn] of others) {
      if (leaf === found || !isIn(request)) continue;
      // Two answers to "who are you?": taking either would let the sender of the other pass for somebody else.
      if (found) return reject(found.schemes[0] as string, 'malformed', { status: 400 });
      found = leaf;
    }
    return found ?? (value === null ? ABSENT : UNKNOWN_SCHEME);
  };
}
