import { protect } from 'countersign';
import { admins } from '../../../../adapters/app.ts';

export const GET = protect(admins, () => new Response('admin'));
