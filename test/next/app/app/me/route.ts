import { protect } from 'countersign';
import { people, view } from '../../../../adapters/app.ts';

export const GET = protect(people, (_request, accepted) => Response.json(view(accepted)));
