import type { RequestHandler } from '@sveltejs/kit';
import { authenticated } from 'countersign/sveltekit';
import { anybody, greeting } from '#app';

export const GET: RequestHandler = authenticated(anybody, (_event, { accepted }) => new Response(greeting(accepted)));
