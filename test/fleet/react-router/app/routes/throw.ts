import { authenticated } from 'countersign/react-router';
import { people } from '#app';

const user = authenticated(people);

export const middleware = [user];

export const loader = () => {
  throw new Error('the handler fails');
};
