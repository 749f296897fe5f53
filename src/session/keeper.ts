import type { MaybePromise } from '../core/chain.ts';
import type { Context } from '../core/context.ts';
import { applyAdditions, type Effect } from '../core/effects.ts';
import { digest } from '../crypto/digest.ts';
import type { NewRecord, StoreRecord, SubjectKey } from '../stores/contract.ts';
import type { Open } from './cookie-jar.ts';
import { decodeDetails } from './details.ts';
import type { Details, Issued, Session, SessionEffects } from './types.ts';

/** A session as it is kept, with what the response must do. */
export type Kept = Issued<unknown>;

export function kept<T>(session: T, effects: readonly Effect[]): SessionEffects & { readonly session: T } {
  return { session, effects, applyTo: (response) => applyAdditions(response, effects, ['cookie'], 'no-store') };
}

/** Where sessions of one kind are kept: what differs between stored and sealed ones, and nothing else. */
export interface Keeper<Claim extends object> {
  /** What a cookie claims, its seal checked; or why it claims nothing. Asks no store. */
  readonly open: Open<Claim>;
  /** The claim's session, if it is alive. */
  read(claim: Claim, context: Context): MaybePromise<Session<unknown> | undefined>;
  /** Notes that it is used, where that is due. */
  renew(session: Session<unknown>, claim: Claim, context: Context): MaybePromise<Kept>;
  /** Adds a session, under an id of its own making. */
  insert(record: Omit<NewRecord, 'data' | 'expiresAt'>, details: Details, context: Context): Promise<Kept>;
  /** Changes a living session, under the same id or another. `undefined` where it has ended. */
  replace(session: Session<unknown>, change: Details, rotate: boolean, context: Context): Promise<Kept | undefined>;
  /** Ends what a cookie claims. */
  end(claim: Claim, context: Context): MaybePromise<boolean>;
}

/** A record as the application sees it: what is said of it, over what holds unless it is said. */
export function sessionOf(
  id: string,
  {
    subject,
    epoch,
    createdAt,
    usedAt,
    expiresAt,
    endsAt,
    data: text,
    readAt: freshness,
  }: Omit<StoreRecord, 'version' | 'data'> & { readonly data?: string },
  details: Details | '' | undefined = decodeDetails(text),
): Session<unknown> {
  // Not among the details: what JSON makes of a number of ten digits takes microseconds to copy.
  const session = {
    id,
    subject,
    epoch,
    createdAt,
    usedAt,
    expiresAt,
    endsAt,
    authTime: createdAt,
    freshness,
    data: undefined,
  };
  return details ? ({ ...session, ...details } as Session<unknown>) : session;
}

/** With 72 bits of the subject's hash: enough that nobody else's session is in its partition by chance. */
export function ownerOf(kind: string, subject: string): SubjectKey {
  return { kind, subject, partition: digest(subject, 'base64url').slice(0, 12) };
}

/** Whole seconds: a record is alive or dead by the same number on every store. */
export function secondsOf({ now }: Context): number {
  return Math.floor(now);
}
