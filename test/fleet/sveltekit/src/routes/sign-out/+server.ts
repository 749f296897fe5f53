import type { RequestHandler } from '@sveltejs/kit';
import { authenticated } from 'countersign/sveltekit';
import { people, sessions } from '#app';

export const POST: RequestHandler = authenticated(people, async ({ request }) =>
  (await sessions.signOut(request)).applyTo(new Response(null, { status: 204 })),
);
