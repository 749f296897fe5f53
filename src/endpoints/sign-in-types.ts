import type { MaybePromise } from '../core/chain.ts';
import type { Context } from '../core/context.ts';
import type { SignInThrottle } from '../guards/sign-in-throttle.ts';
import type { Passwords } from '../passwords/passwords.ts';
import type { NewSession, Sessions } from '../session/types.ts';
import type { StoreOption } from '../stores/store-of.ts';

/** What is looked at of a user; the rest is the application's own. */
export interface SignInUser {
  /** As the application names its users: what sessions, tokens and keys are issued to. */
  readonly subject: string;
  /** As `passwords.hash` made it, or an old system did. None: nobody signs in by a password. */
  readonly passwordHash?: string | null | undefined;
  /** Suspended: answered as a wrong password is. */
  readonly disabled?: boolean | undefined;
}

/** The application's user table. What throws is an outage, a 503. */
export interface SignInUsers<U extends SignInUser> {
  /** @param identifier What was typed, normalised (see `normalizeIdentifier`): compare it with what was normalised at sign-up. */
  findByIdentifier(identifier: string, context: Context): MaybePromise<U | null | undefined>;
  findBySubject(subject: string, context: Context): MaybePromise<U | null | undefined>;
  /**
   * Writes a hash in place of the one that `user` has, and of no other (`… WHERE password_hash = $old`): else a sign-in that
   * rehashes the old password undoes a change of it.
   *
   * @returns Whether it was written.
   */
  updatePasswordHash(user: U, passwordHash: string, context: Context): MaybePromise<boolean>;
}

/** A second factor. Until it is given nobody is signed in. */
export interface SecondStep<U extends SignInUser> {
  /** Where sign-ins that wait for it are kept. */
  readonly store: StoreOption<'atomic' | 'consistent'>;
  /** Whether this user has one. */
  isNeeded(user: U, context: Context): MaybePromise<boolean>;
  /**
   * Whether a code is good, and was not used before: what `totp` says, or where that says no `recoveryCodes`. Nothing but `true`,
   * or an `ok` that is, lets anybody in.
   */
  verify(user: U, code: string, context: Context): MaybePromise<boolean | { readonly ok: boolean }>;
  /** Counts guesses, by user: a `signInThrottle` with another `name` than the one for passwords. */
  readonly throttle: SignInThrottle;
  /** How long somebody may take, in whole seconds. Default 300. */
  readonly expiresIn?: number | undefined;
}

/** Tokens in place of a session: what `forSignIn` of `tokenEndpoints` makes. */
export interface SignInTokens<U extends SignInUser> {
  /** Who may ask for them, by name. */
  readonly clients: readonly string[];
  epoch(subject: string, context: Context): Promise<number>;
  /** Signs somebody in, and answers with the tokens. */
  issue(signedIn: SignedIn<U>, context: Context): Promise<Response>;
}

/** Somebody who has proved who they are. */
export interface SignedIn<U extends SignInUser> {
  readonly request: Request;
  readonly user: U;
  /** One of the clients. */
  readonly client: string;
  /** As it was before the password was looked at. */
  readonly epoch: number;
  readonly amr: readonly string[];
  readonly authTime: number;
}

/** Paths of the application's own pages, where forms are sent on to. Programs get JSON. */
export interface SignInPages {
  /** With `?error=` and one of {@link SignInError} after a form that was refused. Default `/sign-in`. */
  readonly signIn?: string | undefined;
  /** The same, for the code. Default `/sign-in/code`. */
  readonly secondStep?: string | undefined;
  /** Default `/`; a form's `returnTo` goes before. */
  readonly signedIn?: string | undefined;
  /** Default that of `signIn`. */
  readonly signedOut?: string | undefined;
  /** After a change of the password or of sessions, and with `?error=` after one that was refused. Default `/account`. */
  readonly account?: string | undefined;
}

/** What a person may know of a refusal. */
export type SignInError =
  | 'invalid_credentials'
  | 'invalid_code'
  | 'too_many_attempts'
  | 'expired'
  | 'wrong_password'
  | 'unacceptable_password'
  | 'changed_meanwhile';

/** What happened at the door, built from codes and identifiers. The identifier that was typed is not among them: it may be a password. */
export interface SignInEvent {
  readonly type:
    | 'signed_in'
    | 'second_step'
    | 'signed_out'
    | 'password_changed'
    | 'password_confirmed'
    | 'rehashed'
    | 'refused';
  /** Seconds since 1970. */
  readonly at: number;
  /** Where it is known whose. */
  readonly subject?: string | undefined;
  /** Of what was refused, as finely as it is known; the answer shows no more than {@link SignInError}. */
  readonly reason?: string | undefined;
}

export interface SignInOptions<S extends string, P, D, U extends SignInUser> {
  /** Where they are mounted, such as `/auth`. */
  readonly path: string;
  /** Of `session` or `sealedSession`. */
  readonly sessions: Sessions<S, P, D>;
  /** Of `passwords`. */
  readonly passwords: Passwords;
  /** Of `signInThrottle`. */
  readonly throttle: SignInThrottle;
  readonly users: SignInUsers<U>;
  readonly secondStep?: SecondStep<U> | undefined;
  /** For programs that name a `client`: of `tokenEndpoints`. Default: everybody gets a session. */
  readonly tokens?: SignInTokens<U> | undefined;
  /** What a session is to have beside its subject: `data`, `label`, `device`, `lifetime`. */
  readonly session?:
    | ((
        request: Request,
        user: U,
        context: Context,
        remember: boolean,
      ) => Partial<Omit<NewSession<D>, 'subject' | 'epoch' | 'persistent'>>)
    | undefined;
  readonly pages?: SignInPages | undefined;
  /** Origins that may post here, beside the application's own. */
  readonly trustedOrigins?: readonly string[] | undefined;
  /** Hears of everything. Whatever it throws is swallowed. */
  readonly onEvent?: ((event: SignInEvent) => unknown) | undefined;
  /** Gets what the user table, the hasher or a store threw. Whatever it throws itself is swallowed. */
  readonly onError?: ((error: unknown, request: Request) => unknown) | undefined;
}

export type SignInEndpoint = (request: Request, context?: Partial<Context>) => Promise<Response>;

/** Each endpoint by itself, and all of them by path. */
export interface SignIn {
  /** `POST path/sign-in`: `identifier`, `password`, `remember`, `returnTo`; `client` for tokens. */
  readonly signIn: SignInEndpoint;
  /** `POST path/second-step`: `code`. */
  readonly secondStep: SignInEndpoint;
  /** `POST path/sign-out`. */
  readonly signOut: SignInEndpoint;
  /** `GET path/me`. */
  readonly me: SignInEndpoint;
  /** `GET path/sessions`, `?after=` for the next page. Of stored sessions. */
  readonly sessions: SignInEndpoint;
  /** `POST path/sessions/end`: `id`. */
  readonly endSession: SignInEndpoint;
  /** `POST path/sessions/end-others`. */
  readonly endOthers: SignInEndpoint;
  /** `POST path/password`: `currentPassword`, `newPassword`. Ends all other sessions. */
  readonly changePassword: SignInEndpoint;
  /** `POST path/confirm`: `password`. Afterwards `stepUp` finds a sign-in of this moment. */
  readonly confirmPassword: SignInEndpoint;
  /** All of them by path, and a 404 for the rest. */
  readonly fetch: SignInEndpoint;
}

/** What the parts of the door share. */
export interface Door<S extends string, P, D, U extends SignInUser> {
  readonly options: SignInOptions<S, P, D, U>;
  readonly pages: { readonly [Name in keyof SignInPages]-?: string };
  tell(context: Context, event: Omit<SignInEvent, 'at'>): void;
}
