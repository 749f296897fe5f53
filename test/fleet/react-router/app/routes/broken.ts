import { authenticated } from 'countersign/react-router';
import { broken } from '#app';

const user = authenticated(broken);

export const middleware = [user];

export const loader = () => new Response('never');
