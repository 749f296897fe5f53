import type { MiddlewareHandler } from 'astro';
import { authenticatedMiddleware } from 'countersign/astro';
import { anybody } from '#app';

const greeted = authenticatedMiddleware(anybody);

// The other routes have handlers that look for themselves.
export const onRequest: MiddlewareHandler = (context, next) =>
  context.routePattern === '/page' ? greeted(context, next) : next();
