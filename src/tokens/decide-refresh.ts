/** What the decision looks at of a family. */
export interface Rotation {
  /** How often it was rotated. */
  readonly generation: number;
  /** When the present generation was made, in seconds since 1970, by the clock of whoever made it. */
  readonly rotatedAt: number;
  /** Of the request that made it, hashed; while nobody has used it. */
  readonly attempt?: string | undefined;
}

/** What somebody presents, once it is known to be ours. */
export interface Presented {
  readonly generation: number;
  /** Hashed as in {@link Rotation}. */
  readonly attempt?: string | undefined;
}

/** Both in seconds. */
export interface Leeway {
  /** For how long the generation before is still served; 0 for not at all. */
  readonly leeway: number;
  /** How far the clocks of two servers may be apart. */
  readonly skew: number;
}

/**
 * - `kept`: what was presented stays the family's token.
 * - `rotated`: there is a new one.
 * - `repeated`: there is a new one already, which is handed out again.
 * - `forwarded`: as `kept`, of a row that had lost what it knew.
 * - `reused`: somebody else has the token. The family ends.
 */
export type RefreshAnswer = 'kept' | 'rotated' | 'repeated' | 'forwarded' | 'reused';

export interface RefreshDecision {
  readonly answer: RefreshAnswer;
  /** The row to be swapped in before the answer counts. Absent: nothing is to be written. */
  readonly next?: Rotation;
}

/**
 * The whole decision about a refresh token, as a pure function. `test/models/refresh.pml` is the same in Promela, and is checked
 * there against every order of events.
 *
 * @param row As the store has it now.
 * @param presented Its proof holds: whoever calls has checked that.
 * @param now In seconds since 1970, by this server's clock.
 */
export function decideRefresh(
  { generation, rotatedAt, attempt }: Rotation,
  presented: Presented,
  now: number,
  { leeway, skew }: Leeway,
): RefreshDecision {
  const age = now - rotatedAt;
  if (presented.generation > generation) {
    // We made it, so the row is behind: a failover has lost writes. To end a family for that would punish the user.
    return { answer: 'forwarded', next: { generation: presented.generation, rotatedAt: now } };
  }
  if (presented.generation === generation) {
    // So that two steps never overlap: one generation before is all that is ever in flight.
    if (leeway && age < 2 * leeway + skew) {
      // From now on the attempt that made it opens nothing: whoever repeats it is not its client, which has had its answer.
      return attempt === undefined ? { answer: 'kept' } : { answer: 'kept', next: { generation, rotatedAt } };
    }
    const next = { generation: generation + 1, rotatedAt: now };
    return {
      answer: 'rotated',
      next: presented.attempt === undefined ? next : { ...next, attempt: presented.attempt },
    };
  }
  const isBefore = presented.generation === generation - 1;
  const isOnTime = leeway > 0 && age <= leeway;
  const isSameAttempt = attempt !== undefined && attempt === presented.attempt;
  return { answer: isBefore && (isOnTime || isSameAttempt) ? 'repeated' : 'reused' };
}
