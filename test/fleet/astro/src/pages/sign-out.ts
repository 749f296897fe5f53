import type { APIRoute } from 'astro';
import { authenticated } from 'countersign/astro';
import { people, sessions } from '#app';

export const POST: APIRoute = authenticated(people, async ({ request }) =>
  (await sessions.signOut(request)).applyTo(new Response(null, { status: 204 })),
);
