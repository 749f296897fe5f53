/** @module countersign/elysia */
import type { Elysia, Context as ElysiaContext } from 'elysia';
import type { Accepted, Authenticator } from '../src/index.ts';
import { createContext, decide } from '../src/index.ts';
import type { Finish } from './additions.ts';
import { type Admitted, type AuthenticatedOptions, admittedBy } from './around-response.ts';
import { addToAnswer, type ElysiaAnswer } from './elysia-headers.ts';

export type { Admitted, AuthenticatedOptions };

type None = Record<never, never>;
type Scope<D> = { derive: D; resolve: None; schema: None; standaloneSchema: None; response: None };
type Meta = { schema: None; standaloneSchema: None; macro: None; macroFn: None; parser: None; response: None };
type Base = { decorator: None; store: None; derive: None; resolve: None };
/** What `use` takes: it gives `accepted` and `insufficient` to the handlers that follow in that instance, and to no other's. */
export type AuthenticatedPlugin<A extends Accepted> = (
  app: Elysia,
) => Elysia<'', Base, { typebox: None; error: None }, Meta, None, Scope<None>, Scope<Admitted<A>>>;

/**
 * A plugin for Elysia: of the routes that follow it in its instance, it lets those through whom `authenticator` accepts, and answers
 * everybody else as `protect` does. It belongs to routes, and not to a pattern of paths.
 *
 * @throws TypeError On a bad option, at construction.
 *
 * @example
 * ```ts
 * import { basic } from 'countersign/basic';
 * import { authenticated } from 'countersign/elysia';
 * import { Elysia } from 'elysia';
 *
 * const staff = basic({ realm: 'Staff', users: [{ username: 'ada', plaintextPassword: 'correct horse' }] });
 * const app = new Elysia().use(authenticated(staff)).get('/me', ({ accepted }) => accepted.principal.username);
 * console.log((await app.handle(new Request('http://localhost/me'))).status); // 401
 * ```
 */
export function authenticated<A extends Accepted>(
  authenticator: Authenticator<A>,
  { context: known, ...options }: AuthenticatedOptions<ElysiaContext> = {},
): AuthenticatedPlugin<A> {
  const decision = decide(authenticator, options);
  const finishes = new WeakMap<Request, Finish>();
  const admit = async (context: ElysiaContext) => {
    const { response, accepted, finish } = await decision(context.request, createContext(known?.(context)));
    if (finish) {
      finishes.set(context.request, finish);
      return admittedBy(accepted, finish);
    }
    // Without either it is a CORS preflight, which carries no credentials: no handler may run for it.
    const refusal = response ?? new Response(null, { status: 204 });
    return context.status(refusal.status, refusal);
  };
  const add = async (context: ElysiaContext & ElysiaAnswer) => {
    const finish = finishes.get(context.request);
    return finish && addToAnswer(context, finish);
  };
  // Elysia's own type of it names each response that `status` could make, and would put them into the types of all routes.
  return (app) => app.derive(admit).mapResponse(add) as never;
}
