/** Types of sessions: what is inferred, under strict equality, and what does not compile. */
import {
  type Accepted,
  type AcceptedBy,
  type Anonymous,
  any,
  type Context,
  map,
  require as only,
  optional,
  type PrincipalOf,
  protect,
} from 'countersign';
import { basic } from 'countersign/basic';
import { csrfTokens, visitor } from 'countersign/csrf';
import { memoryStore } from 'countersign/memory-store';
import { type SealedSessionOptions, sealedSession } from 'countersign/sealed-session';
import {
  type CommonOptions,
  type Issued,
  type Secret,
  type Session,
  type SessionAccepted,
  type SessionOptions,
  type StandardSchema,
  type Store,
  type StoredSessions,
  session,
} from 'countersign/session';

type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(proof: Equals<A, B>): void;
type IsAny<T> = 0 extends 1 & T ? true : false;

interface User {
  readonly userId: number;
}
interface Cart {
  readonly items: readonly string[];
}
declare const request: Request;
declare const secret: string;
declare const store: Store;
declare function find(subject: string): User | undefined;
declare function query(subject: string): Promise<User | null>;

// --- the principal is what `load` finds -----------------------------------------------------------------------------------
const plain = session({ secret, store, load: ({ subject }) => find(subject) });
same<typeof plain, StoredSessions<'session', User, undefined>>(true);
same<PrincipalOf<typeof plain>, User>(true);
same<AcceptedBy<typeof plain>, SessionAccepted<'session', User, undefined>>(true);

const later = session({ secret, store, load: async ({ subject }) => query(subject) });
same<PrincipalOf<typeof later>, User>(true);
const either = session({ secret, store, load: ({ subject }) => (subject ? query(subject) : find(subject)) });
same<PrincipalOf<typeof either>, User>(true);
const thenable = session({ secret, store, load: (): PromiseLike<User | undefined> => query('') as never });
same<PrincipalOf<typeof thenable>, User>(true);
const inline = session({ secret, store, load: ({ subject, id }) => ({ subject, id }) });
same<PrincipalOf<typeof inline>, { subject: string; id: string }>(true);
same<PrincipalOf<ReturnType<typeof sealedPlain>>, User>(true);
function sealedPlain() {
  return sealedSession({ secret, store, load: async ({ subject }) => query(subject) });
}

// --- data: none, as the parameter of `load` says, or as a schema says -----------------------------------------------------
same<Parameters<typeof plain.update>[0]['session'], Session<undefined>>(true);
plain.issue(request, { subject: 'ada' });
plain.issue(request, { subject: 'ada', persistent: true, label: 'at work', device: 'x', amr: ['pwd'], acr: 'gold' });
plain.issue(request, { subject: 'ada', lifetime: { idle: 60 }, epoch: 3, authTime: 1 });
// @ts-expect-error it has no data
plain.issue(request, { subject: 'ada', data: { items: [] } });
// @ts-expect-error whose?
plain.issue(request, {});
// @ts-expect-error no such detail
plain.issue(request, { subject: 'ada', remember: true });

const carts = session({ secret, store, load: ({ subject }: Session<Cart>) => find(subject) });
same<typeof carts, StoredSessions<'session', User, Cart>>(true);
same<AcceptedBy<typeof carts>['session']['data'], Cart>(true);
same<Awaited<ReturnType<typeof carts.issue>>, Issued<Cart>>(true);
carts.issue(request, { subject: 'ada', data: { items: ['tea'] } });
// @ts-expect-error its data is needed
carts.issue(request, { subject: 'ada' });
// @ts-expect-error and no other
carts.issue(request, { subject: 'ada', data: { items: [1] } });
// @ts-expect-error nor less
carts.issue(request, { subject: 'ada', data: undefined });
// @ts-expect-error nor more
carts.issue(request, { subject: 'ada', data: { items: [], total: 1 } });

const perhaps = session({ secret, store, load: ({ data }: Session<Cart | undefined>) => data?.items ?? [] });
perhaps.issue(request, { subject: 'ada' });
perhaps.issue(request, { subject: 'ada', data: { items: [] } });
same<PrincipalOf<typeof perhaps>, readonly string[]>(true);

/** As standardschema.dev has it, so as Zod and others declare theirs: more members than are used, another type as input. */
type Result<Output> = { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly Issue[] };
interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}
declare const cartSchema: {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => Result<Cart> | Promise<Result<Cart>>;
    readonly types?: { readonly input: { items?: string[] }; readonly output: Cart } | undefined;
  };
};
cartSchema satisfies StandardSchema<Cart>;
const validated = session({
  secret,
  store,
  schema: cartSchema,
  load: ({ subject, data }) => ({ subject, first: data.items[0] }),
});
same<AcceptedBy<typeof validated>['session']['data'], Cart>(true);
same<PrincipalOf<typeof validated>, { subject: string; first: string | undefined }>(true);
validated.issue(request, { subject: 'ada', data: { items: [] } });
// @ts-expect-error its data is needed
validated.issue(request, { subject: 'ada' });
// @ts-expect-error schema and parameter disagree
session({ secret, store, schema: cartSchema, load: ({ data }: Session<{ readonly theme: string }>) => data.theme });

const sealedCarts = sealedSession({ secret, store, load: ({ data }: Session<Cart>) => data });
same<AcceptedBy<typeof sealedCarts>, SessionAccepted<'session', Cart, Cart>>(true);
// @ts-expect-error its data is needed
sealedCarts.issue(request, { subject: 'ada' });
const sealedValidated = sealedSession({ secret, store, schema: cartSchema, load: ({ data }) => data });
same<AcceptedBy<typeof sealedValidated>['session'], Session<Cart>>(true);

// --- the scheme is a literal, and narrows -----------------------------------------------------------------------------------
const staff = basic({ realm: 'x', users: [{ username: 'ada', plaintextPassword: 'p', role: 'admin' }] });
const device = session({ scheme: 'device', secret, store, load: () => ({ model: 'x' }) });
same<AcceptedBy<typeof device>['scheme'], 'device'>(true);
same<Equals<AcceptedBy<typeof plain>['scheme'], string>, false>(true);
const all = any(staff, carts, device);
same<AcceptedBy<typeof all>['scheme'], 'basic' | 'session' | 'device'>(true);

protect(all, (_request, accepted) => {
  if (accepted.scheme === 'session') {
    same<typeof accepted.principal, User>(true);
    same<typeof accepted.session.data.items, readonly string[]>(true);
    carts.rotate(accepted);
    // @ts-expect-error the other scheme's session has no such data
    device.rotate(accepted);
  } else if (accepted.scheme === 'device') {
    same<typeof accepted.principal, { model: string }>(true);
    same<typeof accepted.session, Session<undefined>>(true);
    // @ts-expect-error nor has this one that of the first
    carts.update(accepted, {});
  } else {
    accepted.principal.role satisfies string;
    // @ts-expect-error Basic has no session
    accepted.session;
  }
  // @ts-expect-error not narrowed yet
  accepted.session;
  return new Response();
});
// @ts-expect-error two parts have the scheme 'session'
any(plain, sealedCarts);

protect(optional(carts), (_request, accepted) => {
  same<typeof accepted, SessionAccepted<'session', User, Cart> | Anonymous>(true);
  if (accepted.scheme === 'session') same<typeof accepted.session.endsAt, number>(true);
  return new Response();
});
protect(
  only(carts, ({ session, amr }) => session.data.items.length > 0 && !!amr?.includes('otp')),
  (_request, { session }) => new Response(session.data.items[0]),
);
const named = map(carts, ({ session }) => session.data);
same<PrincipalOf<typeof named>, Cart>(true);
protect(visitor, (_request, accepted) => {
  same<typeof accepted, Accepted<'visitor', null>>(true);
  return new Response();
});

// --- a session's life ---------------------------------------------------------------------------------------------------------
async function life(accepted: AcceptedBy<typeof carts>, context: Context): Promise<Response> {
  const rotated = await carts.rotate(accepted, { amr: ['pwd', 'otp'] });
  same<typeof rotated, Issued<Cart> | undefined>(true);
  // @ts-expect-error it may have ended meanwhile
  rotated.applyTo(new Response());
  same<Awaited<ReturnType<typeof carts.update>>, Issued<Cart> | undefined>(true);
  await carts.update(accepted, { data: { items: [] } }, context);
  // @ts-expect-error what to change?
  await carts.update(accepted);
  // @ts-expect-error other data
  await carts.update(accepted, { data: 1 });
  // @ts-expect-error whose it is does not change
  await carts.update(accepted, { subject: 'eve' });
  // @ts-expect-error nor when it ends
  await carts.rotate(accepted, { lifetime: { idle: 1 } });
  same<Awaited<ReturnType<typeof carts.revokeOthers>>, Issued<Cart> | undefined>(true);
  same<Awaited<ReturnType<typeof carts.revoke>>, boolean>(true);
  same<Awaited<ReturnType<typeof carts.revokeAll>>, void>(true);
  same<Awaited<ReturnType<typeof carts.epoch>>, number>(true);
  // @ts-expect-error an id alone does not say whose
  await carts.revoke(accepted.session.id);
  const page = await carts.list(accepted.session.subject, { limit: 10 });
  same<typeof page.sessions, readonly Session<Cart>[]>(true);
  same<typeof page.next, string | undefined>(true);
  // @ts-expect-error nobody has a list of what is in browsers
  await sealedCarts.list('ada');
  // @ts-expect-error a session is not changed in place
  accepted.session.data = { items: [] };
  // @ts-expect-error no such part of a browser's memory
  await carts.signOut(request, { clearSiteData: ['everything'] });
  const ended = await carts.signOut(request, { clearSiteData: ['cache', 'cookies'] }, context);
  csrfTokens({ secret }).issue(accepted) satisfies string;
  return ended.applyTo(new Response());
}
void life;

// --- options ----------------------------------------------------------------------------------------------------------------------
const load = (): User => ({ userId: 1 });
interface Env {
  readonly SECRET: string;
}
session({ secret: ({ bindings }) => (bindings as Env).SECRET, store: (_context: Context) => store, load });
session({ secret: [secret, new Uint8Array(32)], store: memoryStore(), load });
[secret, new Uint8Array(32)] as const satisfies Secret;
session({ secret, store, load, cookie: { sameSite: 'none', partitioned: true, previous: [{ name: 'sid' }] } });
sealedSession({ secret, store, maxStaleness: 60, load });
// @ts-expect-error no store
sealedSession({ secret, load });
// @ts-expect-error no secret
session({ store, load });
// @ts-expect-error no store
session({ secret, load });
// @ts-expect-error no load
session({ secret, store });
// @ts-expect-error no secret
sealedSession({ store, load });
// @ts-expect-error no load
sealedSession({ secret, store });
// @ts-expect-error no such option
session({ secret, store, load, maxAge: 1 });
// @ts-expect-error an option of sealed sessions
session({ secret, store, load, maxStaleness: 60 });
// @ts-expect-error browsers write it so, options don't
session({ secret, store, load, cookie: { sameSite: 'Lax' } });
// @ts-expect-error the cookie is always HttpOnly
session({ secret, store, load, cookie: { httpOnly: false } });
// @ts-expect-error a secret is no number
session({ secret: 1, store, load });
// @ts-expect-error a store is one, not the function that makes it
session({ secret, store: () => memoryStore, load });
// @ts-expect-error no secret
csrfTokens({});
// @ts-expect-error an acceptance, not a session
csrfTokens({ secret }).issue({} as Session);

// --- no `any` in public positions -------------------------------------------------------------------------------------------------
same<IsAny<PrincipalOf<typeof plain>>, false>(true);
same<IsAny<AcceptedBy<typeof plain>['session']['data']>, false>(true);
same<IsAny<AcceptedBy<typeof validated>['session']['data']>, false>(true);
same<IsAny<CommonOptions<'session', User, Cart>['schema']>, false>(true);
same<IsAny<SessionOptions<'session', User, Cart>['store']>, false>(true);
same<IsAny<SealedSessionOptions<'session', User, Cart>['store']>, false>(true);
