import type { AcceptedBy } from 'countersign';
import { type AuthenticatedVariables, authenticated } from 'countersign/hono';
import { type Context, Hono } from 'hono';
import { admins, anybody, broken, greeting, OWN_COOKIE, people, sessions, stream, view } from './app.ts';

/** The application of app.ts, as it is written in Hono. */
export const app = new Hono()
  .get('/me', authenticated(people), (c) => c.json(view(c.var.accepted)))
  .get('/admin', authenticated(admins), (c) => c.text('admin'))
  .get('/demand', authenticated(people), (c) => c.var.insufficient({ scopes: ['write'] }))
  .get('/broken', authenticated(broken), (c) => c.text('never'))
  .get('/home', authenticated(anybody), (c) => c.text(greeting(c.var.accepted)))
  .get('/own-cookie', authenticated(people), (c) => {
    c.header('set-cookie', OWN_COOKIE, { append: true });
    return c.text('mine');
  })
  .get('/redirect', authenticated(people), (c) => c.redirect('/me', 303))
  .get('/stream', authenticated(people), (c) => c.body(stream(), 200, { 'content-type': 'text/plain' }))
  .get('/throw', authenticated(people), () => {
    throw new Error('the handler fails');
  })
  .post('/sign-out', authenticated(people), async (c) => (await sessions.signOut(c.req.raw)).applyTo(c.body(null, 204)))
  // Preflights come by their own method.
  .options('/me', authenticated(people), (c) => c.text('never'));

/** For a WebSocket, of which each runtime has a helper of its own. */
export const guard = authenticated(people);
export const socket = (c: Context<{ Variables: AuthenticatedVariables<AcceptedBy<typeof people>> }>) => ({
  onMessage(event: { readonly data: unknown }, ws: { send(text: string): void }): void {
    ws.send(`${view(c.var.accepted).name}: ${event.data}`);
  },
});
