import type { RequestHandler } from '@sveltejs/kit';
import { authenticated } from 'countersign/sveltekit';
import { people } from '#app';

export const GET: RequestHandler = authenticated(people, (_event, { insufficient }) =>
  insufficient({ scopes: ['write'] }),
);
