import { authenticated } from 'countersign/react-router';
import type { ActionFunctionArgs } from 'react-router';
import { people, sessions } from '#app';

const user = authenticated(people);

export const middleware = [user];

export const action = async ({ request }: ActionFunctionArgs) =>
  (await sessions.signOut(request)).applyTo(new Response(null, { status: 204 }));
