import { authenticated } from 'countersign/react-router';
import { people, stream } from '#app';

const user = authenticated(people);

export const middleware = [user];

export const loader = () => new Response(stream(), { headers: { 'content-type': 'text/plain' } });
