import { createContext } from 'countersign';
import { authenticated } from 'countersign/elysia';
import { Elysia } from 'elysia';
import { expect, test } from 'vitest';
import { COOKIE, people, sessions } from '../adapters/app.ts';

const app = new Elysia().use(authenticated(people)).get('/', ({ set }) => {
  set.headers['set-cookie'] = 'a=1';
  set.headers['cache-control'] = 'max-age=60';
  return new Response('x', { headers: { 'set-cookie': 'c=3' } });
});

test('cookies that the handler sets in both of the places where Elysia takes them, and the renewed one, arrive once each', async () => {
  // Made 2000 seconds ago, of an hour: it is due.
  const context = createContext({ now: Date.now() / 1000 - 2000 });
  const { effects } = await sessions.issue(new Request('https://app.example/'), { subject: 'ada' }, context);
  const headers = { cookie: effects[0]?.value.split(';')[0] ?? '' };
  const response = await app.handle(new Request('http://localhost/', { headers }));
  const names = response.headers.getSetCookie().map((line) => line.split('=')[0]);
  expect(names.sort()).toEqual([COOKIE, 'a', 'c']);
  expect(response.headers.get('cache-control')).toBe('max-age=60, private');
});
