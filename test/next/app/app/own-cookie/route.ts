import { protect } from 'countersign';
import { OWN_COOKIE, people } from '../../../../adapters/app.ts';

export const GET = protect(people, () => new Response('mine', { headers: { 'set-cookie': OWN_COOKIE } }));
