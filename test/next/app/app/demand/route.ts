import { insufficient, protect } from 'countersign';
import { people } from '../../../../adapters/app.ts';

export const GET = protect(people, () => insufficient({ scopes: ['write'] }));
