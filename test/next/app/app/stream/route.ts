import { protect } from 'countersign';
import { people, stream } from '../../../../adapters/app.ts';

export const GET = protect(people, () => new Response(stream(), { headers: { 'content-type': 'text/plain' } }));
