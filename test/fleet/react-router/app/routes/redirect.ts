import { authenticated } from 'countersign/react-router';
import { redirect } from 'react-router';
import { people } from '#app';

const user = authenticated(people);

export const middleware = [user];

export const loader = () => redirect('/me', 303);
