import { assertNoOthers } from '../core/assert-no-others.ts';
import type { Details, Lifetime, SessionChange, StandardSchema } from './types.ts';

/** The longest that browsers keep a cookie (RFC 6265bis §5.5), in seconds. */
export const MAX_LIFETIME: number = 400 * 86_400;

/** @throws TypeError On limits that are no whole seconds, contradict each other, or exceed what a cookie can have. */
export function lifetimeOf({ idle = 7 * 86_400, absolute = 30 * 86_400 }: Partial<Lifetime> = {}): Lifetime {
  // `| 0` makes a whole number of anything. One as text would be put behind the time, and not added: a session without end.
  if (idle !== (idle | 0) || absolute !== (absolute | 0) || idle < 1 || idle > absolute || absolute > MAX_LIFETIME) {
    throw new TypeError('lifetime: seconds to 400 days');
  }
  return { idle, absolute };
}

/**
 * What is said of a session, as JSON; nothing where nothing is said.
 *
 * @throws TypeError On what must not be kept; see {@link assertData}.
 */
export function encodeDetails(details: Details, maxBytes: number): string {
  const text = JSON.stringify(details);
  if (new TextEncoder().encode(text).length > maxBytes) throw new TypeError(`data: over ${maxBytes} bytes`);
  // Only a member's name looks like this in JSON: in a value the quotes are escaped.
  if (text.includes('"__proto__":')) throw new TypeError('data: __proto__');
  return text === '{}' ? '' : text;
}

/** Reads what {@link encodeDetails} wrote. */
export function decodeDetails(text: string | undefined): Details | '' | undefined {
  return text && JSON.parse(text);
}

/** What is said in a change, and nothing else, with its data validated if a schema is there to do it. */
export async function validChange(
  { data, label, device, authTime, amr, acr, ...others }: SessionChange<unknown>,
  schema: StandardSchema<unknown> | undefined,
): Promise<SessionChange<unknown>> {
  assertNoOthers(others);
  const result = schema && data !== undefined ? await schema['~standard'].validate(data) : { value: data };
  // Where, and not why: the messages of a validator quote what they were given.
  if (result.issues) throw new TypeError(`data: schema: ${JSON.stringify(result.issues.map(({ path }) => path))}`);
  // As it will be read again; and what is left out is no member at all, so that it changes nothing.
  return JSON.parse(JSON.stringify({ data: result.value, label, device, authTime, amr, acr }));
}
