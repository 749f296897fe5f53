import { authenticated } from 'countersign/react-router';
import { OWN_COOKIE, people } from '#app';

const user = authenticated(people);

export const middleware = [user];

export const loader = () => new Response('mine', { headers: { 'set-cookie': OWN_COOKIE } });
