/** What a handler in a Worker knows, without a cast. */
import { type Accepted, any, type Facts, insufficient, protect } from 'countersign';
import { apiKey } from 'countersign/api-key';
import { apiKeys } from 'countersign/api-keys';
import { protectWorker, type WaitUntil, worker, workerContext } from 'countersign/cloudflare';
import { limitedByBinding } from 'countersign/cloudflare-limits';
import { socketTickets } from 'countersign/cloudflare-tickets';
import { memoryStore } from 'countersign/memory-store';
import { opaqueTokens } from 'countersign/opaque-tokens';
import { session } from 'countersign/session';

type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(proof: Equals<A, B>): void;

interface User {
  readonly name: string;
}
interface Env {
  readonly SECRET: string;
}
interface Ctx extends WaitUntil {
  passThroughOnException(): void;
}

const store = memoryStore();
const load = (): User | undefined => ({ name: 'ada' });
const tickets = socketTickets(opaqueTokens<Facts>({ store, prefix: 'ticket' }), load);

export default worker((env: Env) => {
  same<typeof env, Env>(true);
  const sessions = session({ secret: env.SECRET, store, load });
  const people = any(sessions, tickets);
  protectWorker(people, (_request, accepted) => {
    same<typeof accepted.principal, User>(true);
    same<typeof accepted.scheme, 'session' | 'ticket'>(true);
    if (accepted.scheme === 'session') accepted.session.id satisfies string;
    return accepted.principal.name ? new Response() : insufficient({ scopes: ['a'] });
  });
  const binding = { limit: async () => ({ success: true }) };
  const all = any(people, apiKey({ keys: apiKeys<{ plan: string }>({ store, prefix: 'acme' }) }));
  const limited = limitedByBinding(all, {
    binding,
    period: 10,
    by: (accepted) => (accepted.scheme === 'api-key' ? accepted.principal.data.plan : accepted.principal.name),
  });
  protectWorker(limited, (_request, accepted) => {
    if (accepted.scheme === 'api-key') same<typeof accepted.principal.data, { plan: string }>(true);
    else same<typeof accepted.principal, User>(true);
    return new Response();
  });
  // By `protect` itself, where a handler names what the platform passes.
  protect(sessions, (_request: Request, { principal }, _env: Env, _ctx: Ctx) => new Response(principal.name), {
    context: workerContext,
  });
  return protectWorker(sessions, (_request, { principal }, given: Env, ctx: Ctx) => {
    same<typeof principal, User>(true);
    ctx.passThroughOnException();
    return new Response(given.SECRET);
  });
}) satisfies { fetch(request: Request, env: Env, ctx: Ctx): Promise<Response> };

// A handler that names none of them is one for any Env.
worker((_env: Env) => protectWorker(tickets, () => new Response()));
worker((_env: Env) => () => new Response());
tickets.issue({} as Accepted) satisfies Promise<string>;

// @ts-expect-error it can't wait
worker(async (_env: Env) => () => new Response());
// @ts-expect-error the context is the Worker's
protectWorker(tickets, () => new Response(), { context: () => ({}) });
// @ts-expect-error a binding has no other period
limitedByBinding(tickets, { binding: { limit: async () => ({ success: true }) }, period: 30, by: 'address' });
// @ts-expect-error tokens that do not keep what is known of the credential
socketTickets(opaqueTokens<{ name: string }>({ store, prefix: 'ticket' }), load);
// @ts-expect-error another secret than there is
worker((env: Env) => () => new Response(env.SESSION_SECRET));
