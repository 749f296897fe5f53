import type { Handle } from '@sveltejs/kit';
import { authenticatedHandle } from 'countersign/sveltekit';
import { anybody } from '#app';

const greeted = authenticatedHandle(anybody);

// The other routes have handlers that look for themselves.
export const handle: Handle = (input) =>
  input.event.route.id === '/page' ? greeted(input) : input.resolve(input.event);
