/** The application of test/adapters/app.ts, as a module Worker. */
import { insufficient } from 'countersign';
import { protectWorker, type WaitUntil, type WorkerHandler, worker } from 'countersign/cloudflare';
import { admins, anybody, broken, greeting, OWN_COOKIE, people, sessions, stream, view } from '../adapters/app.ts';

export default worker(() => {
  const routes: Readonly<Record<string, WorkerHandler<object, WaitUntil>>> = {
    '/me': protectWorker(people, (_request, accepted) => Response.json(view(accepted))),
    '/admin': protectWorker(admins, () => new Response('admin')),
    '/demand': protectWorker(people, () => insufficient({ scopes: ['write'] })),
    '/broken': protectWorker(broken, () => new Response('never')),
    '/home': protectWorker(anybody, (_request, accepted) => new Response(greeting(accepted))),
    '/own-cookie': protectWorker(people, () => new Response('mine', { headers: { 'set-cookie': OWN_COOKIE } })),
    '/redirect': protectWorker(people, ({ url }) => Response.redirect(new URL('/me', url).href, 303)),
    '/stream': protectWorker(people, () => new Response(stream(), { headers: { 'content-type': 'text/plain' } })),
    '/throw': protectWorker(people, () => {
      throw new Error('the handler fails');
    }),
    '/sign-out': protectWorker(people, async (request) =>
      (await sessions.signOut(request)).applyTo(new Response(null, { status: 204 })),
    ),
  };
  return (request, env, ctx) =>
    routes[new URL(request.url).pathname]?.(request, env, ctx) ?? new Response(null, { status: 404 });
});
