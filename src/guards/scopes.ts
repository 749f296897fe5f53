import type { Authenticator } from '../core/authenticator.ts';
import { type Accepted, type Facts, type Insufficient, insufficient } from '../core/outcome.ts';
import { require as only } from '../core/require.ts';
import { assertWords } from '../http/assert-words.ts';

/** Names of scopes, one at least: printable ASCII without space, `"` and `\` (RFC 6749 §3.3). */
export type ScopeNames = readonly [string, ...string[]];

/**
 * The same authenticator, for credentials with all of these scopes. Others are known, and refused: a 403 `insufficient_scope`
 * that names every scope needed, those that are there too, so that a client can ask for one token that will do
 * (RFC 6750 §3.1). What is expired or bad is a 401 before scopes are looked at.
 *
 * Credentials that state no scopes have none, so they are refused: sessions, Basic, and what `all` accepts. Put the guard
 * around the part whose credentials have scopes: `any(scopes(api, 'files:read'), sessions)`.
 *
 * What it does not do: know that one scope holds another, and name the scopes in the 401 of whoever has no token; the option
 * `scopes` of `bearer` does that.
 *
 * @param authenticator Whose acceptances are tested.
 * @param needed Compared character by character (RFC 6749 §3.3).
 * @throws TypeError On no scope, and on a name that is none.
 *
 * @example
 * ```ts
 * import { accept, type Accepted, type Authenticator, protect } from 'countersign';
 * import { scopes } from 'countersign/guards';
 *
 * const reader: Authenticator<Accepted<'robot', string>> = {
 *   schemes: ['robot'],
 *   carriers: [],
 *   authenticate: () => accept('robot', 'R2', { scopes: ['files:read'] }),
 *   challenge: () => [],
 * };
 * const read = protect(scopes(reader, 'files:read'), () => new Response('the file'));
 * const write = protect(scopes(reader, 'files:read', 'files:write'), () => new Response('written'));
 * console.log((await read(new Request('https://app.example/'))).status); // 200
 * console.log((await write(new Request('https://app.example/'))).status); // 403
 * ```
 */
export function scopes<A extends Accepted>(authenticator: Authenticator<A>, ...needed: ScopeNames): Authenticator<A> {
  assertWords('scopes', needed);
  return only(authenticator, (accepted) => needed.every((name) => has(accepted, name)), { scopes: needed });
}

/**
 * The same authenticator, for credentials with one of these scopes at least; for the rest it is like {@link scopes}.
 *
 * The refusal names the first alone: a client that was told all of them would ask for all, and get a token that may do more
 * than it must. So put first what a client should ask for.
 *
 * @param authenticator Whose acceptances are tested.
 * @param alternatives Compared character by character.
 * @throws TypeError On no scope, and on a name that is none.
 */
export function anyScope<A extends Accepted>(
  authenticator: Authenticator<A>,
  ...alternatives: ScopeNames
): Authenticator<A> {
  assertWords('scopes', alternatives);
  return only(authenticator, (accepted) => alternatives.some((name) => has(accepted, name)), {
    scopes: [alternatives[0]],
  });
}

/**
 * The refusal that a handler of `protect` returns where only it knows what is needed: by the arguments of the call, by the
 * record.
 *
 * @param accepted What the handler got.
 * @param needed All scopes that the operation needs; the refusal names every one.
 * @returns `undefined` where none is missing.
 * @throws TypeError On no scope, and on a name that is none.
 *
 * @example
 * ```ts
 * import type { Accepted } from 'countersign';
 * import { missingScopes } from 'countersign/guards';
 *
 * export function call({ method }: Request, accepted: Accepted) {
 *   const scope = method === 'GET' ? 'files:read' : 'files:write';
 *   return missingScopes(accepted, scope) ?? new Response('done');
 * }
 * ```
 */
export function missingScopes(accepted: Pick<Facts, 'scopes'>, ...needed: ScopeNames): Insufficient | undefined {
  assertWords('scopes', needed);
  return needed.every((name) => has(accepted, name)) ? undefined : insufficient({ scopes: needed });
}

function has({ scopes }: Pick<Facts, 'scopes'>, name: string): boolean {
  // A list in any case: of the text `files:readme`, which an authenticator may have left as it came, `files:read` is a part.
  return [scopes].flat().includes(name);
}
