import { authenticated } from 'countersign/react-router';
import type { LoaderFunctionArgs } from 'react-router';
import { anybody, greeting } from '#app';

const user = authenticated(anybody);

export const middleware = [user];

export const loader = ({ context }: LoaderFunctionArgs) => new Response(greeting(user.accepted(context)));
