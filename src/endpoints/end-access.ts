/**
 * Everything of one subject ended by one call.
 *
 * @module countersign/end-access
 */
import type { Context } from '../core/context.ts';
import { createContext } from '../runtime.ts';

/** What ends all of a subject's: sessions, opaque tokens, refresh tokens, API keys, or a function that does. */
export type Access =
  | { revokeAll(subject: string, context?: Context): Promise<unknown> }
  | ((subject: string, context: Context) => unknown);

/**
 * Ends all sessions, tokens and keys of somebody who is suspended, deleted, or whose password was stolen. One write each.
 *
 * Call it after the user table says so: a sign-in that is under way has read the epoch before, so that its session is dead from
 * the start, and `load` refuses who comes later. It is safe to repeat.
 *
 * What it does not do: sign JWTs out that nobody looks up (`jwtRevocations` is a part, by a function), or end what other systems
 * have issued.
 *
 * @param subject As the application names its users; never from a request.
 * @param parts Each is asked, also where another fails.
 * @param context What `createContext` makes. May be left out where no part depends on the platform's bindings.
 * @throws AggregateError Where parts failed, when all have been asked; call it again.
 *
 * @example
 * ```ts
 * import { apiKeys } from 'countersign/api-keys';
 * import { endAccess } from 'countersign/end-access';
 * import { jwtRevocations } from 'countersign/jwt-revocations';
 * import { manageApiKeys } from 'countersign/manage-api-keys';
 * import { memoryStore } from 'countersign/memory-store';
 * import { opaqueTokens } from 'countersign/opaque-tokens';
 *
 * const store = memoryStore();
 * const keys = manageApiKeys(apiKeys({ store, prefix: 'acme' }));
 * const revocations = jwtRevocations({ store });
 * export const suspend = (subject: string) =>
 *   endAccess(subject, [
 *     opaqueTokens({ store }),
 *     keys,
 *     (sub, context) => revocations.revokeAll({ iss: 'https://acme.example', sub }, context),
 *   ]);
 * await suspend('ada');
 * ```
 */
export async function endAccess(
  subject: string,
  parts: readonly Access[],
  context: Context = createContext(),
): Promise<void> {
  if (!subject) throw new TypeError('subject: needed');
  const ended = await Promise.allSettled(
    parts.map(async (part) => (typeof part === 'function' ? part(subject, context) : part.revokeAll(subject, context))),
  );
  const errors = ended.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  if (errors.length) throw new AggregateError(errors, `${errors.length} of ${parts.length} parts failed`);
}
