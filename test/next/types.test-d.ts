/** Types of the adapters for Next: what is inferred, under strict equality, and what does not compile. */
import { type AcceptedBy, type Anonymous, any, optional, protect, type Refusal } from 'countersign';
import { basic } from 'countersign/basic';
import { memoryStore } from 'countersign/memory-store';
import { authenticateProxy } from 'countersign/next';
import { authenticateServer } from 'countersign/next-server';
import { session } from 'countersign/session';

type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(proof: Equals<A, B>): void;

interface User {
  readonly userId: number;
}
declare const user: User;
const sessions = session({ secret: 'not a secret: an example of 32 bytes', store: memoryStore(), load: () => user });
const staff = basic({ realm: 'Staff', users: [{ username: 'ada', plaintextPassword: 'p', role: 'admin' }] });
const either = any(sessions, staff);
declare const headers: () => Promise<Headers>;
declare const redirect: (path: string) => never;

// --- proxy.ts -----------------------------------------------------------------------------------------------------------
interface NextRequest extends Request {
  readonly nextUrl: URL;
}
interface NextFetchEvent {
  waitUntil(promise: Promise<unknown>): void;
  readonly sourcePage: string;
}
const proxy = authenticateProxy(either, {
  next: (request: NextRequest, accepted, onward) => {
    same<typeof accepted, AcceptedBy<typeof either>>(true);
    same<typeof onward, Headers>(true);
    if (accepted.scheme === 'session') same<typeof accepted.principal, User>(true);
    // @ts-expect-error a session has no role
    if (accepted.scheme === 'session') accepted.principal.role;
    return new Response(request.nextUrl.pathname);
  },
});
// What Next calls.
const called: (request: NextRequest, event: NextFetchEvent) => Response | Promise<Response> = proxy;
// @ts-expect-error there is no such option
authenticateProxy(either, { redirectTo: '/sign-in' });
// @ts-expect-error a proxy that answers nothing lets everything through
authenticateProxy(either, { next: () => undefined });

// --- pages ----------------------------------------------------------------------------------------------------------------
const people = authenticateServer(sessions, { headers, refused: () => redirect('/sign-in') });
people.page().then((accepted) => {
  same<typeof accepted, AcceptedBy<typeof sessions>>(true);
  same<typeof accepted.principal, User>(true);
});
const perhaps = authenticateServer(optional(sessions), { headers, refused: (refusal) => refusal });
perhaps.page().then((accepted) => {
  same<typeof accepted, AcceptedBy<typeof sessions> | Anonymous | Refusal>(true);
  // @ts-expect-error nobody, or a refusal: no principal yet
  accepted.principal.userId;
});
// @ts-expect-error what is to be done with the others must be said
authenticateServer(sessions, { headers });

// --- actions --------------------------------------------------------------------------------------------------------------
const rename = people.action(async ({ principal }, form: FormData) => {
  same<typeof principal, User>(true);
  form.get('name');
});
same<typeof rename, (form: FormData) => Promise<void>>(true);
const counted = authenticateServer(sessions, { headers, refused: ({ status }) => ({ status }) }).action(
  (_accepted, before: number) => before + 1,
);
same<typeof counted, (before: number) => Promise<number | { status: Refusal['status'] }>>(true);

// --- routes -----------------------------------------------------------------------------------------------------------------
const GET = protect(
  sessions,
  async (_request, { principal }, { params }: { params: Promise<{ id: string }> }) =>
    new Response(`${(await params).id} ${principal.userId}`),
);
const route: (request: NextRequest, context: { params: Promise<{ id: string }> }) => Promise<Response> = GET;

export { called, route };
