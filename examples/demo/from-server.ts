import type { Context } from '../../src/index.ts';

/** For `protect`: what the server knows of a request, handed on. Where it is missing, limits by address refuse to guess. */
export function fromServer(_request: Request, context: Partial<Context> = {}): Partial<Context> {
  return context;
}
