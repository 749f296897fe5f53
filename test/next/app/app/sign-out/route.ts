import { protect } from 'countersign';
import { people, sessions } from '../../../../adapters/app.ts';

export const POST = protect(people, async (request) =>
  (await sessions.signOut(request)).applyTo(new Response(null, { status: 204 })),
);
