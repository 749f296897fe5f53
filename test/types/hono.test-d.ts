/** Types of the middleware for Hono: the principal in handlers, and what `hono/client` makes of the routes. */

import { type AcceptedBy, any } from 'countersign';
import { basic } from 'countersign/basic';
import { bearer } from 'countersign/bearer';
import { type AuthenticatedVariables, authenticated } from 'countersign/hono';
import { memoryStore } from 'countersign/memory-store';
import { opaqueTokens } from 'countersign/opaque-tokens';
import { Hono } from 'hono';
import { hc } from 'hono/client';
import { createMiddleware } from 'hono/factory';

type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(proof: Equals<A, B>): void;

const staff = basic({ realm: 'Staff', users: [{ username: 'ada', plaintextPassword: 'correct horse' }] });
const robots = bearer({ tokens: opaqueTokens<{ model: string }>({ store: memoryStore() }) });
const both = any(staff, robots);

// --- on a route: what was composed is in the handler, and narrows by scheme ----------------------------------------------------
const app = new Hono()
  .get('/me', authenticated(staff), (c) => {
    same<typeof c.var.accepted.principal.username, string>(true);
    return c.json({ name: c.var.accepted.principal.username });
  })
  .post('/files/:id', authenticated(both), async (c) => {
    const { accepted } = c.var;
    if (accepted.scheme === 'bearer') same<typeof accepted.principal.data.model, string>(true);
    else same<typeof accepted.principal.username, string>(true);
    const id: string = c.req.param('id');
    if (id === 'locked') return c.var.insufficient({ scopes: ['files:write'] });
    return c.json({ id }, 201);
  })
  .get('/open', (c) => {
    // @ts-expect-error nobody was asked who they are
    void c.var.accepted;
    return c.text('open');
  });

// --- hono/client sees the routes as if it were not there -------------------------------------------------------------------------
const client = hc<typeof app>('https://app.example/');
const me = await client.me.$get();
same<Awaited<ReturnType<typeof me.json>>, { name: string }>(true);
client.files[':id'].$post({ param: { id: '1' } });
// @ts-expect-error the parameter
client.files[':id'].$post({});

// --- on an app or a path: said once, in the type of the app ----------------------------------------------------------------------
type Variables = AuthenticatedVariables<AcceptedBy<typeof both>>;
const guarded = new Hono<{ Variables: Variables }>();
guarded.use(authenticated(both));
guarded.get('/', (c) => c.text(c.var.accepted.scheme));

// --- with the application's own middleware -----------------------------------------------------------------------------------------
const named = createMiddleware<{ Variables: Variables & { name: string } }>(async (c, next) => {
  c.set('name', c.var.accepted.scheme);
  await next();
});
new Hono().get('/', authenticated(both), named, (c) => c.text(c.var.name));

authenticated(staff, {
  context: (c) => ({ address: c.req.header('x-real-ip') }),
  trustedOrigins: ['https://a.example'],
});
// @ts-expect-error a misspelt option
authenticated(staff, { trustedOrigin: [] });
// @ts-expect-error no authenticator
authenticated({});
