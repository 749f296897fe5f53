/** What `proxy.ts` and `middleware.ts` call: one function for Node and Edge. */
import { authenticateProxy } from 'countersign/next';
import { anybody, people } from '../../adapters/app.ts';

const behind = authenticateProxy(anybody);

/** Asks for credentials, sends people to a form, and tells what is behind a rewrite who is asking. */
const fenced = authenticateProxy(people, {
  refuse: ({ status }, { headers }) =>
    status === 401 && headers.get('accept')?.includes('text/html')
      ? new Response(null, { status: 303, headers: { location: '/sign-in' } })
      : undefined,
  next: (request, { subject = '' }, headers) => {
    headers.set('x-countersign-subject', subject);
    // As `NextResponse.rewrite` writes it.
    return new Response(null, { headers: { 'x-middleware-rewrite': new URL('/seen', request.url).href } });
  },
});

export const guard: typeof behind = (request, event) =>
  (new URL(request.url).pathname.startsWith('/fenced/') ? fenced : behind)(request, event);
