import { authenticated } from 'countersign/react-router';
import type { LoaderFunctionArgs } from 'react-router';
import { people } from '#app';

const user = authenticated(people);

export const middleware = [user];

export const loader = ({ context }: LoaderFunctionArgs) => user.insufficient(context, { scopes: ['write'] });
