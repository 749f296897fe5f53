import { createClient } from '@libsql/client';
import { signIn } from '../../src/endpoints/sign-in.ts';
import { signInThrottle } from '../../src/guards/sign-in-throttle.ts';
import { type Context, protect, type RefusalResponder } from '../../src/index.ts';
import { passwords } from '../../src/passwords/passwords.ts';
import { pbkdf2 } from '../../src/passwords/pbkdf2.ts';
import { recoveryCodes } from '../../src/passwords/recovery-codes.ts';
import { totp } from '../../src/passwords/totp.ts';
import { session } from '../../src/schemes/session.ts';
import type { Lifetime } from '../../src/session/types.ts';
import { sqliteStore } from '../../src/stores/sqlite.ts';

export const APP = 'https://app.example';
export const PASSWORD = 'correct horse battery staple';
export const LIFETIME: Lifetime = { idle: 3600, absolute: 86_400 };

/** What a person reads after a form that was refused. */
export const SENTENCES: Readonly<Record<string, string>> = {
  invalid_credentials: 'That name and password don’t go together.',
  invalid_code: 'That is not the code.',
  expired: 'That took too long. Please sign in again.',
  wrong_password: 'That is not your password.',
};

interface User {
  readonly subject: string;
  readonly identifier: string;
  readonly name: string;
  readonly totpSecret?: string;
  passwordHash: string;
}

export interface SignInApp {
  readonly fetch: (request: Request) => Promise<Response>;
  /** What an authenticator app shows for cyd now. */
  code(): Promise<string>;
  /** Of cyd. */
  readonly recovery: readonly string[];
  /** What the application's own host was asked and has answered, oldest first: `GET /account 200`. */
  readonly answered: string[];
  /** By how many seconds the server's clock is ahead. */
  ahead: number;
  close(): void;
}

/** An application with a form to sign in: for ada by password, for cyd by password and code. Other hosts have an empty page. */
export async function openSignInApp(): Promise<SignInApp> {
  const client = createClient({ url: ':memory:', timeout: 5000 });
  const store = sqliteStore(client);
  await store.createTables();
  const hashing = passwords({ hasher: pbkdf2({ iterations: 1000, weakerThanOwasp: true }) });
  const made = await hashing.hash(PASSWORD);
  const passwordHash = made.ok ? made.hash : '';
  const codes = totp({ issuer: 'Acme', store });
  const recovery = recoveryCodes({ store });
  const totpSecret = codes.create('cyd').secret;
  const users = new Map<string, User>(
    [
      { subject: 'u1', identifier: 'ada', name: 'Ada Lovelace', passwordHash },
      { subject: 'u2', identifier: 'cyd', name: 'Cyd Charisse', passwordHash, totpSecret },
    ].map((user) => [user.subject, user]),
  );
  const sessions = session<User>({
    secret: crypto.getRandomValues(new Uint8Array(32)),
    store,
    load: ({ subject }) => users.get(subject),
    lifetime: LIFETIME,
  });
  const door = signIn<User, undefined, User>({
    path: '/auth',
    sessions,
    passwords: hashing,
    throttle: signInThrottle({ store }),
    users: {
      findByIdentifier: (identifier) => [...users.values()].find((user) => user.identifier === identifier),
      findBySubject: (subject) => users.get(subject),
      updatePasswordHash({ subject, passwordHash: old }, hash) {
        const row = users.get(subject);
        if (row?.passwordHash !== old) return false;
        users.set(subject, { ...row, passwordHash: hash });
        return true;
      },
    },
    secondStep: {
      store,
      isNeeded: (user) => user.totpSecret !== undefined,
      async verify(user, code, context) {
        const said = await codes.verify(user.totpSecret ?? '', code, context);
        return said.ok ? said : recovery.redeem(user.subject, code, context);
      },
      throttle: signInThrottle({ store, name: 'second-step' }),
    },
  });

  const context = (): Partial<Context> => ({ address: '192.0.2.1', now: Date.now() / 1000 + app.ahead });
  const home = protect(sessions, (_request, { principal }) => html(homePage(principal.name)), {
    context,
    refuse: askToSignIn,
  });
  const account = protect(
    sessions,
    async (request, { principal }) => {
      const { sessions: all } = await sessions.list(principal.subject);
      return html(accountPage(new URL(request.url), all.length));
    },
    { context, refuse: askToSignIn },
  );
  const routes: Readonly<Record<string, (request: Request) => Response | Promise<Response>>> = {
    '/': home,
    '/account': account,
    '/sign-in': ({ url }) => html(signInPage(new URL(url))),
    '/sign-in/code': ({ url }) => html(codePage(new URL(url))),
    '/post.js': () => script(POST_SCRIPT),
    '/private.js': () => script(PRIVATE_SCRIPT),
  };
  const app: SignInApp = {
    code: () => codes.code(totpSecret),
    recovery: await recovery.issue('u2'),
    answered: [],
    ahead: 0,
    close: () => client.close(),
    async fetch(request) {
      const { host, pathname } = new URL(request.url);
      // Without a policy: what stops these pages is not their own goodness.
      if (host !== 'app.example') return new Response(EMPTY, { headers: { 'content-type': 'text/html' } });
      const route = pathname.startsWith('/auth/') ? () => door.fetch(request, context()) : routes[pathname];
      const response = (await route?.(request)) ?? html('<h1>Not found</h1>', 404);
      app.answered.push(`${request.method} ${pathname} ${response.status}`);
      return response;
    },
  };
  return app;
}

const askToSignIn: RefusalResponder = ({ status }, { url }) => {
  if (status !== 401) return undefined;
  const { pathname, search } = new URL(url);
  const location = `/sign-in?${new URLSearchParams({ returnTo: pathname + search })}`;
  return new Response(null, { status: 303, headers: { location } });
};

const EMPTY = '<!doctype html><title>a page</title><link rel="icon" href="data:,"><body>';

/** `Cache-Control` is left to the library. */
function html(body: string, status = 200): Response {
  return new Response(EMPTY + body, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'",
    },
  });
}

const script = (text: string): Response => new Response(text, { headers: { 'content-type': 'text/javascript' } });
const escaped = (text: string): string => text.replace(/[&<>"]/g, (each) => `&#${each.charCodeAt(0)};`);
const alertOf = ({ searchParams }: URL): string =>
  `<p role="alert">${escaped(SENTENCES[searchParams.get('error') ?? ''] ?? '')}</p>`;

const signInPage = (url: URL): string => `<h1>Sign in</h1>${alertOf(url)}
<form method="post" action="/auth/sign-in">
  <label>Name <input name="identifier" autocomplete="username"></label>
  <label>Password <input name="password" type="password" autocomplete="current-password"></label>
  <label><input name="remember" type="checkbox"> Remember me</label>
  <input name="returnTo" type="hidden" value="${escaped(url.searchParams.get('returnTo') ?? '')}">
  <button>Sign in</button> <button type="button">Sign in by script</button>
</form><script src="/post.js"></script>`;

const codePage = (url: URL): string => `<h1>Your code</h1>${alertOf(url)}
<form method="post" action="/auth/second-step">
  <label>Code <input name="code" autocomplete="one-time-code"></label> <button>Go on</button>
</form>`;

const homePage = (name: string): string =>
  `<h1>Hello, ${escaped(name)}</h1>${SIGN_OUT}<script src="/private.js"></script>`;

/** Without the script that the home page has. */
const accountPage = (url: URL, count: number): string => `<h1>Your account</h1>${alertOf(url)}
<p>You are signed in here and in ${count - 1} other browsers.</p>
<form method="post" action="/auth/password">
  <label>Present password <input name="currentPassword" type="password" autocomplete="current-password"></label>
  <label>New password <input name="newPassword" type="password" autocomplete="new-password"></label>
  <button>Change</button>
</form>${SIGN_OUT}`;

const SIGN_OUT = `<form method="post" action="/auth/sign-out">
  <button>Sign out</button> <button type="button">Sign out by script</button>
</form><script src="/post.js"></script>`;

/** Posts a form as JSON, and goes where the answer says. */
const POST_SCRIPT = `for (const button of document.querySelectorAll('button[type=button]')) {
  button.onclick = async () => {
    const { form } = button;
    const fields = Object.fromEntries(new FormData(form));
    const body = form.remember ? { ...fields, remember: form.remember.checked } : fields;
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(form.action, { method: 'POST', headers, body: JSON.stringify(body) });
    if (response.status === 204) return location.assign('/sign-in');
    const answer = await response.json();
    if (response.ok) location.assign(answer.status === 'second_step' ? '/sign-in/code' : answer.returnTo ?? '/');
    else document.querySelector('[role=alert]').textContent = answer.detail;
  };
}`;

/**
 * "Back" may bring a page as it was, from memory and without a request. `Clear-Site-Data` takes those that are there already, and
 * not the one that signs out, which is put there afterwards: it hides itself on the way, and asks the server when it is back.
 */
const PRIVATE_SCRIPT = `addEventListener('pagehide', () => { document.documentElement.hidden = true; });
addEventListener('pageshow', ({ persisted }) => { if (persisted) location.reload(); });`;
