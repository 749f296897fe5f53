/** `npm start`. Everything worth reading is in `auth.ts` and `app.ts`. */
import { serve } from '@hono/node-server';
import { createApp } from './app.ts';
import { createAuth } from './auth.ts';

const { PORT = '3000', DATABASE = 'file:acme.db', SECRET } = process.env;
// At least 32 bytes, the same on every server and after each start: whoever has it makes sessions.
if (!SECRET) throw new Error('Set SECRET to 32 random bytes or more: openssl rand -base64 32');

const auth = await createAuth(DATABASE, SECRET);
// For the example: somebody who can sign in. Yours come from a sign-up.
await auth.addUser('ada@acme.example', 'Ada', process.env.PASSWORD ?? 'correct horse battery staple');

const server = serve({ fetch: createApp(auth).fetch, port: Number(PORT), hostname: '127.0.0.1' }, ({ port }) =>
  console.log(`http://localhost:${port}/`),
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => server.close());
