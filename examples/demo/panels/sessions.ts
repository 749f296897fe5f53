import type { CreatePanel } from '../panel.ts';
import { PEOPLE } from '../people/people.ts';
import { sessionRoutes, WHO_AM_I } from '../sessions/routes.ts';

const [{ username, plaintextPassword: password }] = PEOPLE;

export const sessionsPanel: CreatePanel = (onEvent, parts) => ({
  id: 'sessions',
  title: 'Cookie sessions',
  about: `
    <p>Sign in by a form, and the browser has a cookie that no script can read. What it stands for is in a store, so it can
    be ended from here and from elsewhere, one session or all of them.</p>
    <p>The cookie is <code>Secure</code>. From this machine itself Chromium and Firefox take it over <code>http:</code> too;
    Safari does not.</p>`,
  fields: [],
  requests: [
    { label: 'Send what the browser has', headers: [], credentials: 'same-origin' },
    { label: 'Send without the cookie', headers: [] },
  ],
  path: WHO_AM_I,
  routes: sessionRoutes(onEvent, parts),
  curl: (origin) => `-d identifier=${username} -d password='${password}' ${origin}/auth/sign-in`,
  links: [
    { path: '/sign-in', text: 'Sign in by the form', how: 'which needs no JavaScript' },
    { path: '/register', text: 'Register', how: 'for an account of your own, until the demo stops' },
    {
      path: '/account',
      text: 'Open your account',
      how: 'which needs a session: all of yours, your password, and a second factor',
    },
  ],
  posts: [{ path: WHO_AM_I }, { path: '/auth/sign-in', fields: { identifier: username, password } }],
});
