import type { APIRoute } from 'astro';
import { authenticated } from 'countersign/astro';
import { people } from '#app';

export const GET: APIRoute = authenticated(
  people,
  () => new Response(null, { status: 303, headers: { location: '/me' } }),
);
