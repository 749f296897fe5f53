/** `deno task start`. Who may sign in is in `auth.ts`. */
import { type Context, protect, type RefusalResponder } from 'countersign';
import { createAuth } from './auth.ts';
import { accountPage, homePage, signInPage } from './pages.ts';

const SECRET = Deno.env.get('SECRET');
// At least 32 bytes, the same on every server and after each start: whoever has it makes sessions.
if (!SECRET) throw new Error('Set SECRET to 32 random bytes or more: openssl rand -base64 32');

const auth = await createAuth(Deno.env.get('DATABASE_FILE'), SECRET);
const { sessions, door, tokens, keyEndpoints, programs, addUser } = auth;
// For the example: somebody who can sign in. Yours come from a sign-up.
await addUser('ada@acme.example', 'Ada', Deno.env.get('PASSWORD') ?? 'correct horse battery staple');

type Info = Deno.ServeHandlerInfo<Deno.NetAddr>;
/** Nobody behind a proxy: who has connected is the client. See `clientAddress` for the rest. */
const known = (_request: Request, { remoteAddr }: Info): Partial<Context> => ({ address: remoteAddr.hostname });

/** People are sent to the form, programs are told. */
const refuse: RefusalResponder = ({ status }, { headers, url }) => {
  if (status !== 401 || !headers.get('accept')?.includes('text/html')) return undefined;
  const location = `/sign-in?${new URLSearchParams({ returnTo: new URL(url).pathname })}`;
  return new Response(null, { status: 303, headers: { location } });
};

type Handler = (request: Request, info: Info) => Response | Promise<Response>;
const account: Handler = protect(
  sessions,
  (_request: Request, { principal, session }, _info: Info) => accountPage(principal.name, session.createdAt),
  { refuse, context: known },
);
const me: Handler = protect(
  programs,
  (_request: Request, { subject, scheme }, _info: Info) => Response.json({ subject, scheme }),
  { context: known },
);
const keys = protect(sessions, keyEndpoints);

/** Each guard is around its handler: however a path is written, nothing comes to the handler but through it. */
function route(pathname: string): Handler {
  if (pathname === '/') return () => homePage();
  if (pathname === '/sign-in') return signInPage;
  if (pathname === '/account') return account;
  if (pathname === '/api/me') return me;
  if (pathname.startsWith('/auth/')) return (request, info) => door.fetch(request, known(request, info));
  if (pathname.startsWith('/oauth/')) return (request, info) => tokens.fetch(request, known(request, info));
  if (pathname.startsWith('/settings/keys')) return keys;
  return () => new Response('There is nothing here.', { status: 404 });
}

Deno.serve(
  {
    hostname: '127.0.0.1',
    port: Number(Deno.env.get('PORT') ?? 3000),
    onListen: ({ port }) => console.log(`http://localhost:${port}/`),
  },
  (request, info) => route(new URL(request.url).pathname)(request, info),
);
