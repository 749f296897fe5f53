/** The application: its pages, its API, and who may see which. */
import { getConnInfo } from '@hono/node-server/conninfo';
import { type Context as Known, protect } from 'countersign';
import { authenticated } from 'countersign/hono';
import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import { secureHeaders } from 'hono/secure-headers';
import type { Auth } from './auth.ts';

/** Nobody behind a proxy: who has connected is the client. See `clientAddress` for the rest. */
const known = (c: Context): Partial<Known> => ({ address: getConnInfo(c).remote.address });

export function createApp({ sessions, door, tokens, keyEndpoints, programs }: Auth) {
  const person = authenticated(sessions, {
    context: known,
    // People are sent to the form, programs are told.
    refuse: ({ status }, { headers, url }) =>
      status === 401 && headers.get('accept')?.includes('text/html')
        ? new Response(null, { status: 303, headers: { location: signInPage(new URL(url).pathname) } })
        : undefined,
  });
  const keys = protect(sessions, keyEndpoints);

  return new Hono()
    .use(secureHeaders())
    .get('/', (c) => c.html(page('Acme', html`<p><a href="/account">Your account</a></p>`)))
    .get('/sign-in', (c) => c.html(page('Sign in', form(c.req.query('error'), c.req.query('returnTo')))))
    .get('/account', person, (c) => {
      const { principal, session } = c.var.accepted;
      return c.html(page(`Hello, ${principal.name}`, account(session.createdAt)));
    })
    .get('/api/me', authenticated(programs), (c) => {
      const { subject, scheme } = c.var.accepted;
      return c.json({ subject, scheme });
    })
    .all('/auth/*', (c) => door.fetch(c.req.raw, known(c)))
    .all('/oauth/*', (c) => tokens.fetch(c.req.raw, known(c)))
    .all('/settings/keys/*', (c) => keys(c.req.raw))
    .all('/settings/keys', (c) => keys(c.req.raw));
}

const signInPage = (returnTo: string): string => `/sign-in?${new URLSearchParams({ returnTo })}`;

const SENTENCES: Readonly<Record<string, string>> = {
  invalid_credentials: 'That is no account of ours, or not its password.',
  expired: 'That took too long. Sign in again.',
};

type Html = ReturnType<typeof html>;

// `html` writes what is put into it as text, never as markup.
const page = (title: string, body: Html): Html => html`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>
<h1>${title}</h1>${body}</html>`;

const form = (error = '', returnTo = ''): Html => html`<p role="alert">${SENTENCES[error] ?? ''}</p>
<form method="post" action="/auth/sign-in">
  <p><label>Email <input name="identifier" type="email" autocomplete="username"></label>
  <p><label>Password <input name="password" type="password" autocomplete="current-password"></label>
  <p><label><input name="remember" type="checkbox"> Remember me</label>
  <input name="returnTo" type="hidden" value="${returnTo}"><button>Sign in</button>
</form>`;

const account = (since: number): Html => html`<p>Signed in since ${new Date(since * 1000).toISOString()}.</p>
<form method="post" action="/auth/sign-out"><button>Sign out</button></form>`;
