const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

function page(title: string, body: string): Response {
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title>${body}`;
  return new Response(html, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      // No script but the page's own file, and nobody frames it.
      'content-security-policy': "default-src 'none'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'",
    },
  });
}

export const signInPage = ({ url }: Request): Response =>
  page(
    'Sign in',
    `${new URL(url).searchParams.has('error') ? '<p role="alert">That did not work.</p>' : ''}
<form method="post" action="/auth/sign-in">
<label>E-mail <input name="identifier" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button>Sign in</button>
</form>`,
  );

export const homePage = (name: string): Response =>
  page(
    'Home',
    `<h1>Hello, ${escapeHtml(name)}</h1>
<form method="post" action="/auth/sign-out"><button>Sign out</button></form>
<button id="say">Say hello</button> <output id="heard"></output>
<script src="/home.js" type="module"></script>`,
  );

/** Opens the socket by a ticket. Of this page the cookie would do; a page of another origin, or one with a token, has none. */
const HOME_SCRIPT = `
const say = document.getElementById('say');
say.addEventListener('click', async () => {
  const { ticket } = await (await fetch('/ticket', { method: 'POST' })).json();
  const url = new URL('/socket', location.href.replace(/^http/, 'ws'));
  url.searchParams.set('ticket', ticket);
  const socket = new WebSocket(url);
  socket.addEventListener('open', () => socket.send('hello'));
  socket.addEventListener('message', ({ data }) => { document.getElementById('heard').textContent = data; });
});
`;

export const homeScript = (): Response =>
  new Response(HOME_SCRIPT, { headers: { 'content-type': 'text/javascript; charset=utf-8' } });
