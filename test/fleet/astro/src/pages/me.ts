import type { APIRoute } from 'astro';
import { authenticated } from 'countersign/astro';
import { people, view } from '#app';

export const GET: APIRoute = authenticated(people, (_context, { accepted }) => Response.json(view(accepted)));

export const OPTIONS: APIRoute = authenticated(people, () => new Response('never'));
