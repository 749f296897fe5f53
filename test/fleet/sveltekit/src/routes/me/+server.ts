import type { RequestHandler } from '@sveltejs/kit';
import { authenticated } from 'countersign/sveltekit';
import { people, view } from '#app';

export const GET: RequestHandler = authenticated(people, (_event, { accepted }) => Response.json(view(accepted)));

export const OPTIONS: RequestHandler = authenticated(people, () => new Response('never'));
