import type { RequestHandler } from '@sveltejs/kit';
import { authenticated } from 'countersign/sveltekit';
import { people, stream } from '#app';

export const GET: RequestHandler = authenticated(
  people,
  () => new Response(stream(), { headers: { 'content-type': 'text/plain' } }),
);
