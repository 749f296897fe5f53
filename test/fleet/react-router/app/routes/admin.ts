import { authenticated } from 'countersign/react-router';
import { admins } from '#app';

const user = authenticated(admins);

export const middleware = [user];

export const loader = () => new Response('admin');
