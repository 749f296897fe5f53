/** The application of test/adapters/hono-app.ts, in a Worker. */
import { worker } from 'countersign/cloudflare';
import type { ExecutionContext } from 'hono';
import { app } from '../adapters/hono-app.ts';

export default worker(() => (request: Request, env: object, ctx: ExecutionContext) => app.fetch(request, env, ctx));
