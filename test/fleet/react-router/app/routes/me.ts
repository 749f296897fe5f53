import { authenticated } from 'countersign/react-router';
import type { LoaderFunctionArgs } from 'react-router';
import { people, view } from '#app';

const user = authenticated(people);

export const middleware = [user];

export const loader = ({ context }: LoaderFunctionArgs) => Response.json(view(user.accepted(context)));
