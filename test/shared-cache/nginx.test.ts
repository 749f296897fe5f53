/** No response that reads or sets a session can be stored by a shared cache: nginx, set up as carelessly as it goes. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createParts } from '../../examples/demo/parts.ts';
import { sessionRoutes } from '../../examples/demo/sessions/routes.ts';
import { type Demo, startDemo } from '../demo/start-demo.ts';
import { publicApp } from './public-app.ts';
import { type Nginx, startNginx } from './start-nginx.ts';

const app = publicApp();
/** What the demo shows or does by a session. */
const routes = [...sessionRoutes(() => {}, await createParts()).keys()];
let server: Server;
let demo: Demo;
let nginx: Nginx<'demo' | 'app' | 'appByVary'>;

beforeAll(async () => {
  demo = await startDemo(0);
  server = createServer(getRequestListener(app.fetch)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  nginx = await startNginx({
    demo: { address: demo.address.replace(/\/$/, ''), ignoreVary: true },
    app: { address, ignoreVary: true },
    appByVary: { address, ignoreVary: false },
  });
});

afterAll(async () => {
  await nginx?.stop();
  server?.close();
  server?.closeAllConnections();
  await demo?.stop();
});

interface Answer {
  readonly status: number;
  readonly text: string;
  /** What nginx says: `MISS`, `HIT`. */
  readonly cache: string | null;
  readonly cookie: string | undefined;
}

async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { redirect: 'manual', ...init });
  const [line] = response.headers.getSetCookie();
  return {
    status: response.status,
    text: await response.text(),
    cache: response.headers.get('x-cache-status'),
    cookie: line?.split(';')[0],
  };
}

const PEOPLE = {
  ada: { identifier: 'ada', password: 'correct horse' },
  josé: { identifier: 'josé', password: 'mañana: sí' },
};

/** Signs in at the demo, through the cache. */
function signIn(person: { readonly identifier: string; readonly password: string }): Promise<Answer> {
  const body = new URLSearchParams({ ...person });
  return ask(`${nginx.addresses.demo}/auth/sign-in`, { method: 'POST', body });
}

async function cookieOf(person: keyof typeof PEOPLE): Promise<string> {
  const { cookie } = await signIn(PEOPLE[person]);
  if (!cookie) throw new Error(`${person} is not signed in`);
  return cookie;
}

describe('the cache', () => {
  it('keeps what is for everybody', async () => {
    const icon = `${nginx.addresses.demo}/icon.svg`;
    expect([(await ask(icon)).cache, (await ask(icon)).cache]).toEqual(['MISS', 'HIT']);
  });

  it.each(['GET', 'POST'])('would give one user’s cookie to the next, to a %s too', async (method) => {
    const url = `${nginx.addresses.app}/careless`;
    const first = await ask(url, { method });
    expect(first).toMatchObject({ cache: 'MISS', cookie: expect.stringMatching(/^sid=/) });
    expect(await ask(url, { method })).toEqual({ ...first, cache: 'HIT' });
  });
});

describe('in front of the demo', () => {
  const pages = [
    '/sessions/whoami',
    '/sign-in',
    '/sign-in/code',
    '/account',
    '/account/second-factor',
    '/auth/me',
    '/register',
  ];
  const requests = routes.flatMap((path) =>
    (pages.includes(path) ? ['GET', 'HEAD', 'POST'] : ['POST']).map((method) => [method, path] as const),
  );

  it('there are pages that read a session, and routes that set or end one', () => {
    expect(routes).toEqual(expect.arrayContaining(pages));
    expect(requests.length).toBeGreaterThan(10);
  });

  it.each(requests)('the answer to %s %s is never kept', async (method, path) => {
    for (const accept of ['text/html', 'application/json', '*/*']) {
      const cookies = [await cookieOf('ada'), await cookieOf('josé'), '__Host-Http-session=forged', ''];
      for (const cookie of [...cookies, ...cookies]) {
        const { status, cache } = await ask(`${nginx.addresses.demo}${path}`, { method, headers: { accept, cookie } });
        expect({ accept, status, cache }).toEqual({ accept, status, cache: 'MISS' });
        // It got as far as to whoever looks at sessions, or at what was sent: nothing.
        expect([200, 204, 303, 400, 401, 403, 405, 415]).toContain(status);
      }
    }
  });

  it('two people see each their own page, and a third none', async () => {
    const ada = await cookieOf('ada');
    const josé = await cookieOf('josé');
    const page = (path: string, cookie = ''): Promise<Answer> =>
      ask(`${nginx.addresses.demo}${path}`, { headers: { cookie } });
    for (let round = 0; round < 3; round++) {
      expect((await page('/account', ada)).text).toContain('You are <strong>ada</strong>');
      expect((await page('/account', josé)).text).toContain('You are <strong>josé</strong>');
      expect((await page('/account')).text).toBe('');
      expect(JSON.parse((await page('/sessions/whoami', ada)).text).principal.username).toBe('ada');
      expect(JSON.parse((await page('/sessions/whoami', josé)).text).principal.username).toBe('josé');
      expect(await page('/sessions/whoami')).toMatchObject({ status: 401, text: '' });
    }
  });

  it('what sign-in sets reaches nobody else', async () => {
    const cookies = new Set<string | undefined>();
    for (const person of [PEOPLE.ada, PEOPLE.ada, PEOPLE.josé, PEOPLE.ada]) cookies.add((await signIn(person)).cookie);
    expect(cookies.size).toBe(4);
    expect(cookies).not.toContain(undefined);
    const refused = await signIn({ identifier: 'ada', password: 'wrong' });
    expect(refused).toMatchObject({ status: 303, cookie: undefined });
  });
});

describe('in front of an application that calls everything public', () => {
  it.each(['app', 'appByVary'] as const)('a page of those who are signed in is never kept (%s)', async (name) => {
    const url = `${nginx.addresses[name]}/mine`;
    const seen: string[] = [];
    for (const subject of ['ada', 'ada', 'bob', 'ada']) {
      const { text, cache } = await ask(url, { headers: { cookie: await app.signIn(subject) } });
      expect(cache).toBe('MISS');
      expect(text).toMatch(new RegExp(`^${subject}, `));
      seen.push(text);
    }
    expect(new Set(seen).size).toBe(4);
    expect(await ask(url)).toMatchObject({ status: 401, cache: 'MISS', text: '' });
  });

  it('a page that greets those it knows is kept for those it does not', async () => {
    const url = `${nginx.addresses.appByVary}/greeting`;
    const cookie = await app.signIn('ada');
    const greet = (headers: Record<string, string> = {}): Promise<Answer> => ask(url, { headers });

    expect(await greet({ cookie })).toMatchObject({ cache: 'MISS', text: expect.stringMatching(/^ada, /) });
    const stranger = await greet();
    expect(stranger).toMatchObject({ cache: 'MISS', text: expect.stringMatching(/^stranger, /) });
    expect(await greet()).toEqual({ ...stranger, cache: 'HIT' });
    expect(await greet({ cookie })).toMatchObject({ cache: 'MISS', text: expect.stringMatching(/^ada, /) });
    expect(await greet()).toEqual({ ...stranger, cache: 'HIT' });
  });

  it('what clears a bad cookie is not kept, though its page is for strangers', async () => {
    const url = `${nginx.addresses.app}/greeting?bad`;
    const bad = { headers: { cookie: '__Host-Http-session=forged' } };
    const cleared = { cache: 'MISS', cookie: '__Host-Http-session=', text: expect.stringMatching(/^stranger, /) };
    expect(await ask(url, bad)).toMatchObject(cleared);
    expect(await ask(url, bad)).toMatchObject(cleared);
    expect(await ask(url)).toMatchObject({ cache: 'MISS', cookie: undefined });
  });
});
