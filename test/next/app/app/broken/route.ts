import { protect } from 'countersign';
import { broken } from '../../../../adapters/app.ts';

export const GET = protect(broken, () => new Response('never'));
