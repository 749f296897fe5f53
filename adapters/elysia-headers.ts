import { type Finish, withAdditions } from './additions.ts';

/** Of Elysia's context, what a response is made of. */
export interface ElysiaAnswer {
  readonly set: { headers: Record<string, unknown> };
  readonly responseValue: unknown;
}

/** Puts what authentication adds where Elysia looks for it: into `set.headers`, or into the response that it gives then. */
export async function addToAnswer(
  { set: { headers }, responseValue }: ElysiaAnswer,
  finish: Finish,
): Promise<Response | undefined> {
  const response = responseValue instanceof Response ? responseValue : undefined;
  const before = new Headers(response?.headers);
  for (const [name, value] of Object.entries(headers)) {
    // As Elysia puts them together: a response's own count before those that were set, and cookies add up.
    if (name !== 'set-cookie' && before.has(name)) continue;
    for (const line of [value].flat()) before.append(name, `${line}`);
  }
  if (response) {
    // They are in it by now. Elysia would add them again, or leave them out where the response has cookies of its own.
    delete headers['set-cookie'];
    const { status, statusText } = response;
    return finish(new Response(response.body, { status, statusText, headers: before }));
  }
  for (const [name, value] of withAdditions(before, finish)) headers[name] = value;
  return undefined;
}
