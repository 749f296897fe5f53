import type { APIRoute } from 'astro';
import { authenticated } from 'countersign/astro';
import { people } from '#app';

export const GET: APIRoute = authenticated(people, (_context, { insufficient }) => insufficient({ scopes: ['write'] }));
