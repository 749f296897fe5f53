import type { CreatePanel } from '../panel.ts';
import { PEOPLE } from '../people.ts';
import { sessionRoutes, WHO_AM_I } from '../sessions/routes.ts';

const [{ username, plaintextPassword: password }] = PEOPLE;

export const sessionsPanel: CreatePanel = (onEvent, sessions) => ({
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
  routes: sessionRoutes(onEvent, sessions),
  curl: (origin) => `-d username=${username} -d password='${password}' ${origin}/sign-in`,
  links: [
    { path: '/sign-in', text: 'Sign in by the form', how: 'which needs no JavaScript' },
    { path: '/account', text: 'Open your account', how: 'which needs a session, and shows and ends all of yours' },
  ],
  posts: [{ path: WHO_AM_I }, { path: '/sign-in', fields: { username, password } }],
});
