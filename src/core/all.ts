import type { AcceptedBy, Authenticator } from './authenticator.ts';
import { chain, type MaybePromise } from './chain.ts';
import { assertAuthenticators, assertDistinct, composite, withEffects } from './composition.ts';
import type { Context, RequestLike } from './context.ts';
import type { Effect } from './effects.ts';
import { type Accepted, accept, type Outcome, reject } from './outcome.ts';

/** What `all` accepts: scheme names joined by `+`, principals as a tuple; one member for each combination of its parts. */
export type AllAccepted<
  T extends readonly Authenticator[],
  Scheme extends string = '',
  Principals extends readonly unknown[] = [],
> = T extends readonly [infer First extends Authenticator, ...infer Rest extends readonly Authenticator[]]
  ? AcceptedBy<First> extends infer A
    ? A extends Accepted<infer S, infer P>
      ? AllAccepted<Rest, Scheme extends '' ? S : `${Scheme}+${S}`, [...Principals, P]>
      : never
    : never
  : Accepted<Scheme, Principals>;

/**
 * Accepts whoever every one of its parts accepts: a client certificate *and* a token, a key *and* a signature.
 *
 * The subject is the first part's, so name the person first. It is ambient only if every part is. Scopes, expiry and all
 * else that is known are each part's own, in `parts`: the whole states none, so that nothing is granted by mistake.
 *
 * A refusal of any part is the refusal; some parts presented and others absent is `incomplete`; none presented is absent.
 *
 * @param authenticators One or more, asked in order.
 * @returns An authenticator with the parts' scheme names joined by `+` and a tuple of principals.
 * @throws TypeError On no part, on two parts with one scheme name, and on two parts that read `Authorization`: a request has
 *   one.
 */
export function all<const T extends readonly [Authenticator, ...Authenticator[]]>(
  ...authenticators: T
): Authenticator<AllAccepted<T>> {
  const parts: readonly Authenticator[] = authenticators;
  assertAuthenticators(parts);
  assertDistinct(parts, true);

  const ask = (request: RequestLike, context: Context, outcomes: readonly Outcome[]): MaybePromise<Outcome> => {
    const part = parts[outcomes.length];
    if (!part) return conclude(outcomes);
    return chain(part.authenticate(request, context), (outcome) => ask(request, context, [...outcomes, outcome]));
  };

  return composite(parts, (request, context) => ask(request, context, [])) as Authenticator<AllAccepted<T>>;
}

/** Authenticity comes before sufficiency: an expired token of too little scope is expired. */
function conclude(outcomes: readonly Outcome[]): Outcome {
  const effects = outcomes.flatMap((outcome) => outcome.effects ?? []);
  const first = (kind: Outcome['kind']): Outcome | undefined => outcomes.find((outcome) => outcome.kind === kind);
  const failure = first('rejected') ?? first('absent') ?? first('insufficient');
  if (!failure) return combine(outcomes as readonly Accepted[], effects);
  // No part's name: nobody is at fault where credentials are missing, and all are asked for.
  return withEffects(
    failure.kind === 'absent' && outcomes.some(isOfSomebody) ? reject('all', 'incomplete') : failure,
    effects,
  );
}

function combine(parts: readonly Accepted[], effects: readonly Effect[]): Accepted {
  const known = parts.filter(isOfSomebody);
  const schemes = parts.map(({ scheme }) => scheme);
  const principals = parts.map(({ principal }) => principal);
  // One part that no browser sends unasked is enough: another site can't make it send the whole.
  const ambient = !!known.length && known.every((part) => part.ambient);
  return accept(schemes.join('+'), principals, { subject: known[0]?.subject, ambient, parts, effects });
}

/** Whether something was presented: nobody is `anonymous`, and of an `all` of nothing else `anonymous+anonymous`. */
function isOfSomebody({ scheme }: Outcome): unknown {
  return scheme?.replace(/anonymous\+?/g, '');
}
