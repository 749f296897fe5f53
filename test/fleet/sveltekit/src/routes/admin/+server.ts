import type { RequestHandler } from '@sveltejs/kit';
import { authenticated } from 'countersign/sveltekit';
import { admins } from '#app';

export const GET: RequestHandler = authenticated(admins, () => new Response('admin'));
