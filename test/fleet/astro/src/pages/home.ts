import type { APIRoute } from 'astro';
import { authenticated } from 'countersign/astro';
import { anybody, greeting } from '#app';

export const GET: APIRoute = authenticated(anybody, (_context, { accepted }) => new Response(greeting(accepted)));
