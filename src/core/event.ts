import type { Refusal } from './refusal.ts';

/**
 * What happened to a request, as a closed union. Built from codes and identifiers alone, so that no token, password, key,
 * header or URL can be in it; not even the name of an unknown scheme, since a client that forgets the word `Bearer` puts
 * its token there.
 */
export type AuthEvent = AcceptedEvent | RefusalEvent;

export interface AcceptedEvent {
  readonly type: 'accepted';
  /** Seconds since 1970. */
  readonly at: number;
  readonly scheme: string;
  /** As in {@link Facts}. It identifies a person: treat the log accordingly. */
  readonly subject?: string | undefined;
  readonly credentialId?: string | undefined;
}

export interface RefusalEvent {
  /**
   * - `absent`, `rejected`: nothing presented, or nothing good (401, at a gateway too, or 400).
   * - `insufficient`: known, but not enough (403, or 401 that asks for a better sign-in), or too often (429, `limited`).
   * - `cross_site`: another site tried to act in this user's name (403).
   * - `outage`: something that an authenticator needs failed (503); the error itself goes to `onError`.
   */
  readonly type: Refusal['kind'];
  /** Seconds since 1970. */
  readonly at: number;
  readonly status: Refusal['status'];
  /** As finely as it is known; the `type` again where that says all. */
  readonly reason: NonNullable<Refusal['reason']> | Refusal['kind'];
  readonly scheme?: string | undefined;
  /** Where the credentials were good. */
  readonly subject?: string | undefined;
}

/** Hears of every decision. Whatever it throws or rejects with is swallowed: a broken logger must not sign anyone out. */
export type EventListener = (event: AuthEvent) => unknown;
