import { type WorkerHandler, workerContext } from 'countersign/cloudflare';
import { durableObjectStore } from 'countersign/durable-object-store';
import type { Env } from './env.ts';
import { homeScript, signInPage } from './pages.ts';
import { people } from './people.ts';
import { programs } from './programs.ts';
import { sockets } from './sockets.ts';
import { usersIn } from './users.ts';

type Handler = WorkerHandler<Env, ExecutionContext>;

/** Everything that needs a binding or a secret is made here, at an isolate's first request. */
export function application(env: Env): Handler {
  const store = durableObjectStore(env.RECORDS);
  const users = usersIn(env.USERS);
  const { sessions, door, home } = people(env, store, users);
  const { byToken, me, ownKeys, newToken } = programs(env, store, sessions);
  const { newTicket, socket } = sockets(store, users, sessions, byToken);

  const routes: Readonly<Record<string, Handler>> = {
    'GET /': home,
    'GET /sign-in': signInPage,
    'GET /home.js': homeScript,
    'GET /api/me': me,
    'POST /tokens': newToken,
    'POST /ticket': newTicket,
    'GET /socket': socket,
  };
  // By path exactly, so that no spelling of it walks around a guard: the guard is in the handler.
  return (request, bindings, ctx) => {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith('/auth/')) return door.fetch(request, workerContext(request, bindings, ctx));
    if (/^\/keys(\/|$)/.test(pathname)) return ownKeys(request, bindings, ctx);
    return routes[`${request.method} ${pathname}`]?.(request, bindings, ctx) ?? new Response(null, { status: 404 });
  };
}
