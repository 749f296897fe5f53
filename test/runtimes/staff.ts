import type { AuthEvent } from '../../src/index.ts';
import type { Library } from './library.ts';

export const users = [
  { username: 'ada', plaintextPassword: 'correct horse', role: 'admin' },
  { username: 'bob', plaintextPassword: 'a:b::c', role: 'reader' },
  { username: 'zo\u00eb', plaintextPassword: 'p\u00e4ssw\u00f6rd', role: 'reader' },
  { username: 'key', plaintextPassword: '\u{1f511}\u4e2d\u6587', role: 'reader' },
  // Stored decomposed: `e` and a combining diaeresis.
  { username: 'chloe\u0308', plaintextPassword: 'cafe\u0301', role: 'reader' },
];
/** What the handler of {@link staff} asks for. */
export const CHALLENGE = 'Basic realm="Staff", charset="UTF-8"';

/** Answers with the principal's name, and remembers the reason of a refusal. */
export function staff({ core, basic }: Library): [handler: (request: Request) => Promise<Response>, reasons: string[]] {
  const reasons: string[] = [];
  const onEvent = (event: AuthEvent): void => void ('reason' in event && reasons.push(event.reason));
  const greet = (_request: Request, { principal }: { principal: { username: string } }): Response =>
    new Response(principal.username);
  return [core.protect(basic.basic({ realm: 'Staff', users }), greet, { onEvent }), reasons];
}
