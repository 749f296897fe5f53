import type { APIRoute } from 'astro';
import { authenticated } from 'countersign/astro';
import { people } from '#app';

export const GET: APIRoute = authenticated(people, () => {
  throw new Error('the handler fails');
});
