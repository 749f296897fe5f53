import { authenticated } from 'countersign/h3';
import { type H3 as App, H3, redirect } from 'h3';
import { admins, anybody, broken, greeting, OWN_COOKIE, people, sessions, stream, view } from '../adapters/app.ts';

/** The application of test/adapters/app.ts, as it is written in h3. */
export const app: App = new H3({ silent: true })
  .get(
    '/me',
    authenticated(people, (_event, { accepted }) => view(accepted)),
  )
  .get(
    '/admin',
    authenticated(admins, () => 'admin'),
  )
  .get(
    '/demand',
    authenticated(people, (_event, { insufficient }) => insufficient({ scopes: ['write'] })),
  )
  .get(
    '/broken',
    authenticated(broken, () => 'never'),
  )
  .get(
    '/home',
    authenticated(anybody, (_event, { accepted }) => greeting(accepted)),
  )
  .get(
    '/own-cookie',
    authenticated(people, (event) => {
      event.res.headers.append('set-cookie', OWN_COOKIE);
      return 'mine';
    }),
  )
  .get(
    '/redirect',
    authenticated(people, () => redirect('/me', 303)),
  )
  .get(
    '/stream',
    authenticated(people, () => stream()),
  )
  .get(
    '/throw',
    authenticated(people, () => {
      throw new Error('the handler fails');
    }),
  )
  .post(
    '/sign-out',
    authenticated(people, async ({ req }) =>
      (await sessions.signOut(req)).applyTo(new Response(null, { status: 204 })),
    ),
  )
  .options(
    '/me',
    authenticated(people, () => 'never'),
  );
