import type { APIRoute } from 'astro';
import { authenticated } from 'countersign/astro';
import { broken } from '#app';

export const GET: APIRoute = authenticated(broken, () => new Response('never'));
