import type { Authenticator } from './authenticator.ts';
import type { Effect } from './effects.ts';
import { ABSENT, type Outcome } from './outcome.ts';

/** Refuses what is not an authenticator, where the mistake was made: `any(basic)` for `any(basic({ … }))`. */
export function assertAuthenticators(parts: readonly Authenticator[]): void {
  if (!parts.length || parts.some((part) => !part?.authenticate)) {
    throw new TypeError('no authenticator');
  }
}

/** Each part, or the parts of an `any` in its place: composition works on leaves. */
export function leavesOf(parts: readonly Authenticator[]): readonly Authenticator[] {
  assertAuthenticators(parts);
  return parts.flatMap((part) => part.members ?? part);
}

/**
 * Refuses two parts that a request, an event or a `switch` over schemes could not tell apart.
 *
 * @param together Both are asked of one request: it has one `Authorization`, whatever the scheme.
 */
export function assertDistinct(parts: readonly Authenticator[], together?: boolean): void {
  const names = parts.flatMap(({ schemes, carriers }) => [
    ...schemes,
    ...new Set(
      carriers.flatMap(({ header, scheme = '' }) =>
        header && header !== 'cookie' ? `${header} ${together ? '' : scheme}`.toLowerCase() : [],
      ),
    ),
  ]);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice) throw new TypeError(`two parts: ${twice}`);
}

/**
 * An authenticator made of parts.
 *
 * The refusing scheme's challenge comes first, then what the others would take, bare (RFC 9110 §11.6.1). "Not enough" is
 * said by the refusing scheme alone. `all` joins names by `+`: there every part that is named refuses.
 */
export function composite(
  parts: readonly Authenticator[],
  authenticate: Authenticator['authenticate'],
  members?: readonly Authenticator[],
): Authenticator {
  let bare: readonly string[] | undefined;
  return {
    schemes: parts.flatMap((part) => part.schemes),
    carriers: parts.flatMap((part) => part.carriers),
    members,
    authenticate,
    challenge(failure, context) {
      if (failure.kind === 'absent') {
        bare ??= parts.flatMap((part) => part.challenge(ABSENT, context));
        return bare;
      }
      const names = failure.scheme.split('+');
      const own = parts.filter(({ schemes }) => schemes.some((scheme) => names.includes(scheme)));
      const rest = failure.kind === 'insufficient' ? [] : parts.filter((part) => !own.includes(part));
      return [...own, ...rest].flatMap((part) => part.challenge(own.includes(part) ? failure : ABSENT, context));
    },
  };
}

/** The same outcome with these effects; the same object where there are none. */
export function withEffects<O extends Outcome>(outcome: O, effects: readonly Effect[]): O {
  return effects.length ? { ...outcome, effects } : outcome;
}
