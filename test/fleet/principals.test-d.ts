/** A principal in the handlers of each framework, without a cast. Compiled by types.test.ts, not run. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { Handle, RequestHandler } from '@sveltejs/kit';
import type { APIRoute, MiddlewareHandler } from 'astro';
import type { AcceptedBy } from 'countersign';
import * as astro from 'countersign/astro';
import { basic } from 'countersign/basic';
import * as forElysia from 'countersign/elysia';
import * as forExpress from 'countersign/express';
import * as forFastify from 'countersign/fastify';
import * as forH3 from 'countersign/h3';
import * as node from 'countersign/node';
import * as reactRouter from 'countersign/react-router';
import * as sveltekit from 'countersign/sveltekit';
import { Elysia } from 'elysia';
import express from 'express';
import { fastify } from 'fastify';
import { H3 } from 'h3';
import type { LoaderFunctionArgs, MiddlewareFunction } from 'react-router';

const staff = basic({ realm: 'Staff', users: [{ username: 'ada', plaintextPassword: 'correct horse', team: 7 }] });
type Staff = AcceptedBy<typeof staff>;

type Same<X, Y> = (<T>() => T extends X ? 1 : 2) extends <T>() => T extends Y ? 1 : 2 ? true : false;
/** The second argument shows that they are the same type: neither wider, nor `any`. */
declare function is<X>(value: X): <Y>(same: Same<X, Y>) => void;

// --- Node ---------------------------------------------------------------------------------------------------------------------
createServer(node.authenticated(staff, (_req, res, { accepted }) => res.end(accepted.principal.username)));
export const listener: RequestListener = node.authenticated(staff, (req, res, { accepted, insufficient }) => {
  is(req)<IncomingMessage>(true);
  is(res)<ServerResponse & { req: IncomingMessage }>(true);
  is(accepted)<Staff>(true);
  is(accepted.principal.team)<number>(true);
  return insufficient({ scopes: ['write'] });
});

// --- Express ------------------------------------------------------------------------------------------------------------------
const inExpress = forExpress.authenticated(staff, { context: ({ ip }) => ({ address: ip }) });
const app = express();
app.use(inExpress);
app.use('/admin', inExpress, (_req, res) => void res.send('admin'));
app.get('/users/:id', inExpress, (req, res) => {
  is(req.params.id)<string>(true);
  is(res.locals.accepted)<Staff>(true);
  res.send(res.locals.accepted.principal.username);
});
app.get('/demand', inExpress, (_req, res) => res.locals.insufficient({ scopes: ['write'] }));
app.get('/wrong', inExpress, (_req, res) => {
  // @ts-expect-error
  res.send(res.locals.accepted.principal.nickname);
});

// --- Fastify ------------------------------------------------------------------------------------------------------------------
const inFastify = forFastify.authenticated(staff, { context: ({ ip }) => ({ address: ip }) });
fastify()
  .addHook('onRequest', inFastify)
  .get<{ Params: { id: string } }>('/users/:id', { onRequest: inFastify }, async (request) => {
    is(request.params.id)<string>(true);
    is(inFastify.accepted(request))<Staff>(true);
    return inFastify.accepted(request).principal.team;
  })
  .get('/both', { onRequest: [inFastify], schema: { querystring: {} } }, async () => 'both');

// --- h3 -----------------------------------------------------------------------------------------------------------------------
new H3().get(
  '/me',
  forH3.authenticated(staff, (event, { accepted }) => {
    is(accepted)<Staff>(true);
    return { path: event.url.pathname, team: accepted.principal.team };
  }),
);

// --- Elysia -------------------------------------------------------------------------------------------------------------------
new Elysia()
  // @ts-expect-error What comes before it is not behind it.
  .get('/before', ({ accepted }) => accepted)
  .use(forElysia.authenticated(staff))
  .get('/users/:id', ({ accepted, params }) => {
    is(accepted)<Staff>(true);
    is(params.id)<string>(true);
    return accepted.principal.team;
  })
  .get('/demand', ({ insufficient }) => insufficient({ scopes: ['write'] }));
new Elysia()
  .use(new Elysia().use(forElysia.authenticated(staff)))
  // @ts-expect-error What another instance is behind, this one is not.
  .get('/beside', ({ accepted }) => accepted);

// --- SvelteKit ----------------------------------------------------------------------------------------------------------------
export const inSvelteKit: RequestHandler = sveltekit.authenticated(staff, ({ url }, { accepted }) => {
  is(accepted)<Staff>(true);
  return Response.json([url.pathname, accepted.principal.team]);
});
export const handle: Handle = sveltekit.authenticatedHandle(staff);

// --- Astro --------------------------------------------------------------------------------------------------------------------
export const inAstro: APIRoute = astro.authenticated(staff, ({ url }, { accepted }) => {
  is(accepted)<Staff>(true);
  return Response.json([url.pathname, accepted.principal.team]);
});
export const onRequest: MiddlewareHandler = astro.authenticatedMiddleware(staff);

// --- React Router -------------------------------------------------------------------------------------------------------------
const inReactRouter = reactRouter.authenticated(staff);
export const middleware: MiddlewareFunction<Response>[] = [inReactRouter];
export const loader = ({ context }: LoaderFunctionArgs) => {
  is(inReactRouter.accepted(context))<Staff>(true);
  return inReactRouter.accepted(context).principal.team;
};
