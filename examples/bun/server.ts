/** `bun start`. Who may sign in is in `auth.ts`. */
import { type Context, protect, type RefusalResponder } from 'countersign';
import { createAuth } from './auth.ts';
import { accountPage, homePage, signInPage } from './pages.ts';

const { PORT = '3000', DATABASE_FILE = 'acme.db', SECRET } = process.env;
// At least 32 bytes, the same on every server and after each start: whoever has it makes sessions.
if (!SECRET) throw new Error('Set SECRET to 32 random bytes or more: openssl rand -base64 32');

const { sessions, door, tokens, keyEndpoints, programs, addUser } = await createAuth(DATABASE_FILE, SECRET);
// For the example: somebody who can sign in. Yours come from a sign-up.
await addUser('ada@acme.example', 'Ada', process.env.PASSWORD ?? 'correct horse battery staple');

type Server = Bun.Server<undefined>;
/** Nobody behind a proxy: who has connected is the client. See `clientAddress` for the rest. */
const known = (request: Request, server: Server): Partial<Context> => ({ address: server.requestIP(request)?.address });

/** People are sent to the form, programs are told. */
const refuse: RefusalResponder = ({ status }, { headers, url }) => {
  if (status !== 401 || !headers.get('accept')?.includes('text/html')) return undefined;
  const location = `/sign-in?${new URLSearchParams({ returnTo: new URL(url).pathname })}`;
  return new Response(null, { status: 303, headers: { location } });
};

const keys = protect(sessions, keyEndpoints);
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: Number(PORT),
  routes: {
    '/': () => homePage(),
    '/sign-in': signInPage,
    '/account': protect(
      sessions,
      (_request: Request, { principal, session }, _server: Server) => accountPage(principal.name, session.createdAt),
      { refuse, context: known },
    ),
    '/api/me': protect(
      programs,
      (_request: Request, { subject, scheme }, _server: Server) => Response.json({ subject, scheme }),
      { context: known },
    ),
    '/auth/*': (request: Request, server: Server) => door.fetch(request, known(request, server)),
    '/oauth/*': (request: Request, server: Server) => tokens.fetch(request, known(request, server)),
    '/settings/keys': (request: Request) => keys(request),
    '/settings/keys/*': (request: Request) => keys(request),
  },
  fetch: () => new Response('There is nothing here.', { status: 404 }),
});
console.log(`http://localhost:${server.port}/`);
