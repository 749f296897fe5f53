import type { APIRoute } from 'astro';
import { authenticated } from 'countersign/astro';
import { admins } from '#app';

export const GET: APIRoute = authenticated(admins, () => new Response('admin'));
