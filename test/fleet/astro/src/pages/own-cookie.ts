import type { APIRoute } from 'astro';
import { authenticated } from 'countersign/astro';
import { OWN_COOKIE, people } from '#app';

export const GET: APIRoute = authenticated(
  people,
  () => new Response('mine', { headers: { 'set-cookie': OWN_COOKIE } }),
);
