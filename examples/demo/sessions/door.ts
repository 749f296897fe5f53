import { describeRefusal } from '../../../src/core/describe-refusal.ts';
import { signIn } from '../../../src/endpoints/sign-in.ts';
import { signInThrottle } from '../../../src/guards/sign-in-throttle.ts';
import { visitor } from '../../../src/guards/visitor.ts';
import { type Context, protect } from '../../../src/index.ts';
import { fromServer } from '../from-server.ts';
import { escapeHtml, htmlPage, redirect } from '../layout.ts';
import type { Handler, LogEvent } from '../panel.ts';
import type { DemoParts } from '../parts.ts';
import { deviceOf } from './device.ts';
import { isForPerson } from './sign-in-instead.ts';

const ENDPOINTS = [
  'sign-in',
  'second-step',
  'sign-out',
  'me',
  'sessions',
  'sessions/end',
  'sessions/end-others',
  'password',
  'confirm',
];

/** The endpoints of `signIn`, by path: what the forms of the pages post to. */
export function doorRoutes(
  { sessions, hashing, store, people, secondFactor }: DemoParts,
  onEvent: LogEvent,
): ReadonlyMap<string, Handler> {
  const door = signIn({
    path: '/auth',
    sessions,
    passwords: hashing,
    throttle: signInThrottle({ store }),
    users: people,
    secondStep: secondFactor.step,
    session: ({ headers }) => ({ device: deviceOf(headers.get('user-agent')) }),
    pages: { signedIn: '/account' },
    onEvent,
    onError: (error) => console.error(error),
  });
  // The door asks by itself which site sent a request. Asked here already, it is told in words, and logged.
  const handler: Handler = protect(
    visitor,
    async (request: Request, _accepted, context?: Partial<Context>) =>
      inWords(request, await door.fetch(request, context)),
    { refuse: describeRefusal, onEvent, context: fromServer },
  );
  return new Map(ENDPOINTS.map((name) => [`/auth/${name}`, handler]));
}

/** What the door tells a form by a status alone, as a page: it sends forms on to their pages for everything else. */
async function inWords(request: Request, response: Response): Promise<Response> {
  if (response.status < 400 || !isForPerson(request)) return response;
  if (response.status === 401) return redirect('/sign-in');
  const text = await response.text();
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json');
  const wait = response.headers.get('retry-after');
  const said = (isProblem && JSON.parse(text).detail) || text || 'That was refused.';
  const page = htmlPage(
    'Not done',
    `
<header><h1>Not done</h1></header>
<main>
<section>
  <p class="failure" role="alert">${escapeHtml(said)}${wait ? ` Come again in ${escapeHtml(wait)} seconds.` : ''}</p>
  <p><a href="/sign-in">Sign in</a>, or go to <a href="/account">your account</a>.</p>
</section>
</main>`,
    response.status,
    'no-store',
  );
  for (const name of ['retry-after', 'allow']) {
    const value = response.headers.get(name);
    if (value !== null) page.headers.set(name, value);
  }
  return page;
}
