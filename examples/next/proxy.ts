import { optional } from 'countersign';
import { authenticateProxy } from 'countersign/next';
import { sessions } from './auth';

/** Renews sessions, since pages can't set cookies. Who may see what is decided by each page, action and route. */
export const proxy = authenticateProxy(optional(sessions));

export const config = { matcher: '/((?!_next/static|_next/image|api/|auth/|favicon.ico).*)' };
