/** Types are part of the product: what is inferred, under strict equality, and what does not compile. */
import {
  type Accepted,
  type AcceptedBy,
  type Anonymous,
  type Authenticator,
  all,
  any,
  type Carrier,
  type Context,
  type Decision,
  type decide,
  insufficient,
  map,
  type Outcome,
  require as only,
  optional,
  type PrincipalOf,
  protect,
} from 'countersign';
import { basic } from 'countersign/basic';
import { protectProxy } from 'countersign/proxy';

type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(proof: Equals<A, B>): void;

interface Client {
  readonly clientId: string;
}
interface User {
  readonly userId: number;
}
declare const bearer: Authenticator<Accepted<'bearer', Client>>;
declare const session: Authenticator<Accepted<'session', User>>;
declare const robot: Authenticator<Accepted<'robot', { model: string }>>;

// --- basic: the principal is the user without the secrets -------------------------------------------------------------
const staff = basic({ realm: 'x', users: [{ username: 'ada', plaintextPassword: 'p', role: 'admin' }] });
declare const role: PrincipalOf<typeof staff>['role'];
same<typeof role, string>(true);
same<PrincipalOf<typeof staff>['username'], string>(true);
same<AcceptedBy<typeof staff>['scheme'], 'basic'>(true);
// @ts-expect-error the password is not among what a handler gets
export type Secret = PrincipalOf<typeof staff>['plaintextPassword'];

interface Row {
  readonly id: number;
  readonly passwordHash: string | null;
}
const rows = basic({
  realm: 'x',
  users: async (_name: string, _context: Context): Promise<Row | undefined> => undefined,
  passwords: { verify: () => true, decoyHash: 'd' },
});
same<PrincipalOf<typeof rows>['id'], number>(true);

// --- any ----------------------------------------------------------------------------------------------------------------
const either = any(bearer, session);
same<AcceptedBy<typeof either>, Accepted<'bearer', Client> | Accepted<'session', User>>(true);
same<AcceptedBy<typeof either>['scheme'], 'bearer' | 'session'>(true);

protect(either, (request, accepted) => {
  same<typeof request, Request>(true);
  if (accepted.scheme === 'bearer') same<typeof accepted.principal, Client>(true);
  else same<typeof accepted.principal, User>(true);
  // @ts-expect-error not narrowed yet: a session has no client
  accepted.principal.clientId;
  // @ts-expect-error there is no such scheme
  if (accepted.scheme === 'basic') return new Response();
  return new Response();
});

const nested = any(any(bearer, session), robot);
same<AcceptedBy<typeof nested>['scheme'], 'bearer' | 'session' | 'robot'>(true);

// @ts-expect-error any() of nothing
any();
// @ts-expect-error two parts have the scheme 'bearer'
any(bearer, bearer);
// @ts-expect-error also when nested
any(any(bearer, session), session);
// @ts-expect-error optional goes around the whole
any(optional(session), bearer);
// @ts-expect-error not called
any(basic);
// A part that says nothing of its name is taken as it is, in any order.
declare const unnamed: Authenticator;
any(unnamed, session);
any(session, unnamed);

// --- all ----------------------------------------------------------------------------------------------------------------
const both = all(session, robot);
same<AcceptedBy<typeof both>, Accepted<'session+robot', [User, { model: string }]>>(true);
const mixed = all(either, robot);
same<
  AcceptedBy<typeof mixed>,
  Accepted<'bearer+robot', [Client, { model: string }]> | Accepted<'session+robot', [User, { model: string }]>
>(true);
protect(mixed, (_request, { scheme, principal: [who] }) => {
  void who;
  return new Response(scheme satisfies 'bearer+robot' | 'session+robot');
});
// @ts-expect-error all() of nothing
all();

// --- optional -----------------------------------------------------------------------------------------------------------
const visitor = optional(either);
same<AcceptedBy<typeof visitor>, AcceptedBy<typeof either> | Anonymous>(true);
protect(visitor, (_request, accepted) => {
  if (accepted.scheme === 'anonymous') same<typeof accepted.principal, null>(true);
  else accepted.principal satisfies Client | User;
  // @ts-expect-error the principal may be null
  accepted.principal.userId;
  return new Response();
});

// --- require and map ------------------------------------------------------------------------------------------------------
type Admin = Accepted<'session', User & { readonly admin: true }>;
const admins = only(session, (accepted): accepted is Admin => accepted.principal.userId === 1);
same<AcceptedBy<typeof admins>, Admin>(true);
const grown = only(session, async ({ principal }) => principal.userId > 1, { scopes: ['grown'] });
same<AcceptedBy<typeof grown>, Accepted<'session', User>>(true);
// @ts-expect-error a condition answers with a boolean
only(session, ({ principal }) => principal.userId);

const named = map(either, async (accepted) => ({ name: accepted.scheme }));
same<AcceptedBy<typeof named>['scheme'], 'bearer' | 'session'>(true);
same<PrincipalOf<typeof named>, { name: 'bearer' | 'session' }>(true);

protectProxy(bearer, (_request, { principal }) => new Response(principal.clientId));

// Carriers are written in lower case: `Cookie` would be a header that nobody reads as a cookie.
declare const carrier: Carrier;
({ header: 'x-key' }) satisfies Carrier;
// @ts-expect-error
({ header: 'X-Key' }) satisfies Carrier;
void carrier;

// --- protect --------------------------------------------------------------------------------------------------------------
const plain = protect(session, () => new Response());
same<typeof plain, (request: Request) => Promise<Response>>(true);

interface Env {
  readonly DB: string;
}
interface ExecutionContext {
  waitUntil(promise: Promise<unknown>): void;
}
const worker = protect(
  session,
  (_request: Request, { principal }, env: Env, ctx: ExecutionContext) => {
    ctx.waitUntil(Promise.resolve());
    return new Response(env.DB + principal.userId);
  },
  { context: (_request, env, ctx) => ({ bindings: env, waitUntil: (promise) => ctx.waitUntil(promise) }) },
);
same<typeof worker, (request: Request, env: Env, ctx: ExecutionContext) => Promise<Response>>(true);

interface NextRequest extends Request {
  readonly nextUrl: URL;
}
const next = protect(session, (request: NextRequest) => new Response(request.nextUrl.pathname));
same<typeof next, (request: NextRequest) => Promise<Response>>(true);

const stepUp = protect(session, ({ method }) => (method === 'POST' ? insufficient({ maxAge: 300 }) : new Response()));
same<typeof stepUp, (request: Request) => Promise<Response>>(true);
const socket = protect(session, (): Response | undefined => undefined);
same<typeof socket, (request: Request) => Promise<Response | undefined>>(true);

// @ts-expect-error no handler
protect(session);
// @ts-expect-error a handler returns a response
protect(session, () => 'hello');
// @ts-expect-error no such option
protect(session, () => new Response(), { orgin: 'https://app.example' });
// @ts-expect-error the authenticator comes first
protect(() => new Response(), session);

// --- decide: what is there after looking --------------------------------------------------------------------------------
declare const decision: Decision<Accepted<'session', User>>;
if (decision.response) same<typeof decision.accepted, undefined>(true);
else if (decision.accepted) same<typeof decision.accepted.principal, User>(true);
same<ReturnType<ReturnType<typeof decide<Accepted<'session', User>>>>, Promise<Decision<Accepted<'session', User>>>>(
  true,
);

// --- outcomes: four answers, told apart by `kind` -------------------------------------------------------------------------
declare const outcome: Outcome<Accepted<'session', User>>;
if (outcome.kind === 'accepted') same<typeof outcome, Accepted<'session', User>>(true);
else outcome.status satisfies 400 | 401 | 403 | 429;

// --- no `any` in public positions -----------------------------------------------------------------------------------------
type IsAny<T> = 0 extends 1 & T ? true : false;
same<IsAny<PrincipalOf<typeof staff>>, false>(true);
same<IsAny<PrincipalOf<typeof either>>, false>(true);
same<IsAny<AcceptedBy<typeof mixed>>, false>(true);
same<IsAny<Parameters<Parameters<typeof protect>[1]>[0]>, false>(true);
