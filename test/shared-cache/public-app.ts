import { optional, protect } from '../../src/index.ts';
import { session } from '../../src/schemes/session.ts';
import { memoryStore } from '../../src/stores/memory.ts';

const PUBLIC = { 'cache-control': 'public, max-age=600' };

/**
 * An application that asks for its pages to be cached by everybody: a page for those who are signed in (`/mine`), one that
 * greets those it knows (`/greeting`), and one that leaves the library out (`/careless`).
 */
export function publicApp() {
  const sessions = session({
    secret: crypto.getRandomValues(new Uint8Array(32)),
    store: memoryStore(),
    load: ({ subject }) => subject,
  });
  let served = 0;
  const page = (name: string, headers: Record<string, string> = PUBLIC): Response =>
    new Response(`${name}, ${++served}`, { headers });
  const mine = protect(sessions, (_request, { principal }) => page(principal));
  const greeting = protect(optional(sessions), (_request, accepted) =>
    page(accepted.scheme === 'session' ? accepted.principal : 'stranger'),
  );

  return {
    /** The `Cookie` header of somebody who is signed in. */
    async signIn(subject: string): Promise<string> {
      const { effects } = await sessions.issue(new Request('https://app.example/'), { subject });
      return effects[0]?.value.split(';')[0] ?? '';
    },
    async fetch(request: Request): Promise<Response> {
      const { pathname } = new URL(request.url);
      if (pathname === '/mine') return mine(request);
      if (pathname === '/greeting') return greeting(request);
      return page('careless', { 'set-cookie': `sid=${served}; Path=/; Secure; HttpOnly` });
    },
  };
}
