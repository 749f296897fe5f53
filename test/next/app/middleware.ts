export { guard as middleware } from './guard.ts';

export const config = { matcher: ['/behind/:path*', '/fenced/:path*'] };
