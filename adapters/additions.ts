import type { Decision } from '../src/index.ts';

export type Finish = NonNullable<Decision['finish']>;
export type Line = readonly [name: string, value: string | readonly string[]];

/**
 * Headers that are no `Response`'s yet, with what authentication adds to them: whole values, to be set. What stands in `before` wins, as
 * `finish` sees to it.
 */
export function withAdditions(before: Headers, finish: Finish): readonly Line[] {
  // A response is finished at once; only a demand may have to wait.
  const { headers } = finish(new Response(null, { headers: before })) as Response;
  return [...new Set(headers.keys())].map((name) => [
    name,
    name === 'set-cookie' ? headers.getSetCookie() : `${headers.get(name)}`,
  ]);
}
