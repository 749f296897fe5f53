import type { RequestHandler } from '@sveltejs/kit';
import { authenticated } from 'countersign/sveltekit';
import { OWN_COOKIE, people } from '#app';

export const GET: RequestHandler = authenticated(
  people,
  () => new Response('mine', { headers: { 'set-cookie': OWN_COOKIE } }),
);
