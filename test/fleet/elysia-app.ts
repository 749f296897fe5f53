import { node } from '@elysiajs/node';
import { authenticated } from 'countersign/elysia';
import { type AnyElysia, Elysia } from 'elysia';
import { admins, anybody, broken, greeting, OWN_COOKIE, people, sessions, stream, view } from '../adapters/app.ts';

/** The application of test/adapters/app.ts, as it is written in Elysia. */
export const app: AnyElysia = new Elysia({ adapter: node() })
  .use(new Elysia().use(authenticated(admins)).get('/admin', () => 'admin'))
  .use(new Elysia().use(authenticated(broken)).get('/broken', () => 'never'))
  .use(new Elysia().use(authenticated(anybody)).get('/home', ({ accepted }) => greeting(accepted)))
  .use(authenticated(people))
  .get('/me', ({ accepted }) => view(accepted))
  // Elysia answers no HEAD by a GET.
  .head('/me', () => new Response())
  .get('/demand', ({ insufficient }) => insufficient({ scopes: ['write'] }))
  .get('/own-cookie', ({ set }) => {
    set.headers['set-cookie'] = OWN_COOKIE;
    return 'mine';
  })
  .get('/redirect', ({ redirect, request }) => redirect(new URL('/me', request.url).href, 303))
  .get('/stream', () => new Response(stream(), { headers: { 'content-type': 'text/plain' } }))
  .get('/throw', () => {
    throw new Error('the handler fails');
  })
  .post('/sign-out', async ({ request }) =>
    (await sessions.signOut(request)).applyTo(new Response(null, { status: 204 })),
  )
  .options('/me', () => 'never');
