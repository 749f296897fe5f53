import type { RequestHandler } from '@sveltejs/kit';
import { authenticated } from 'countersign/sveltekit';
import { broken } from '#app';

export const GET: RequestHandler = authenticated(broken, () => new Response('never'));
