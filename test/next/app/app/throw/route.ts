import { protect } from 'countersign';
import { people } from '../../../../adapters/app.ts';

export const GET = protect(people, () => {
  throw new Error('the handler fails');
});
