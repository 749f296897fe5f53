export { guard as proxy } from './guard.ts';

export const config = { matcher: ['/behind/:path*', '/fenced/:path*'] };
