/** For pages and actions: who is signed in, or the way to the form. */
import { authenticateServer } from 'countersign/next-server';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { sessions } from './auth';

export const people = authenticateServer(sessions, { headers, refused: () => redirect('/sign-in') });
