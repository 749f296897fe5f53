import { protect } from 'countersign';
import { people } from '../../../../adapters/app.ts';

export const GET = protect(people, () => new Response(null, { status: 303, headers: { location: '/me' } }));
