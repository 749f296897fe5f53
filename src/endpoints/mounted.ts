import { problem } from './problem.ts';
import type { SignInEndpoint } from './sign-in-types.ts';

/** @throws TypeError On what is no path to mount endpoints at. @param example For the message. */
export function assertPath(path: unknown, example: string): asserts path is string {
  if (typeof path !== 'string' || !/^(\/[\w.~-]+)+$/.test(path)) throw new TypeError(`path: such as ${example}`);
}

/** All endpoints of one path by what follows it, exactly, and a 404 for the rest. */
export function mounted(path: string, routes: ReadonlyMap<string, SignInEndpoint>): SignInEndpoint {
  return async (request, context) => {
    const { pathname } = new URL(request.url);
    const route = pathname.startsWith(path) ? routes.get(pathname.slice(path.length)) : undefined;
    return route ? route(request, context) : problem(404, 'There is nothing here.');
  };
}
