/** What people see. Text goes through `text`, never as it is. */
const text = (given: string): string => given.replace(/[&<>"]/g, (each) => `&#${each.charCodeAt(0)};`);

const page = (title: string, body: string): Response =>
  new Response(
    `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${text(title)}</title>
<h1>${text(title)}</h1>${body}</html>`,
    {
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': "default-src 'self'; form-action 'self'; frame-ancestors 'none'",
      },
    },
  );

const SENTENCES: Readonly<Record<string, string>> = {
  invalid_credentials: 'That is no account of ours, or not its password.',
  expired: 'That took too long. Sign in again.',
};

export const homePage = (): Response => page('Acme', '<p><a href="/account">Your account</a></p>');

export function signInPage({ url }: Request): Response {
  const { searchParams } = new URL(url);
  return page(
    'Sign in',
    `<p role="alert">${SENTENCES[searchParams.get('error') ?? ''] ?? ''}</p>
<form method="post" action="/auth/sign-in">
  <p><label>Email <input name="identifier" type="email" autocomplete="username"></label>
  <p><label>Password <input name="password" type="password" autocomplete="current-password"></label>
  <p><label><input name="remember" type="checkbox"> Remember me</label>
  <input name="returnTo" type="hidden" value="${text(searchParams.get('returnTo') ?? '')}"><button>Sign in</button>
</form>`,
  );
}

export const accountPage = (name: string, since: number): Response =>
  page(
    `Hello, ${name}`,
    `<p>Signed in since ${new Date(since * 1000).toISOString()}.</p>
<form method="post" action="/auth/sign-out"><button>Sign out</button></form>`,
  );
