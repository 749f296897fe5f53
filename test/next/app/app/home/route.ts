import { protect } from 'countersign';
import { anybody, greeting } from '../../../../adapters/app.ts';

export const GET = protect(anybody, (_request, accepted) => new Response(greeting(accepted)));
