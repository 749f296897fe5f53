import type { APIRoute } from 'astro';
import { authenticated } from 'countersign/astro';
import { people, stream } from '#app';

export const GET: APIRoute = authenticated(
  people,
  () => new Response(stream(), { headers: { 'content-type': 'text/plain' } }),
);
