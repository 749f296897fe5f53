import { type AuthEvent, type Authenticator, decide, type RequestLike } from '../../src/index.ts';
import { contextOf } from './context.ts';

/** All that a request brings about, in one value that can be compared. */
export interface Observed {
  readonly kind: AuthEvent['type'];
  readonly scheme?: string | undefined;
  readonly reason?: string | undefined;
  readonly status: number;
  /** `WWW-Authenticate` as it is on the wire. */
  readonly challenges: string | null;
  /** What effects made of `Set-Cookie`, in the order of the alphabet: they are a set. */
  readonly cookies: readonly string[];
  /** Which parts were asked, in order. */
  readonly asked: readonly string[];
}

/** Sends a request through `decide`, with a handler that answers 200 and adds nothing. */
export async function observe(authenticator: Authenticator, request: RequestLike): Promise<Observed> {
  const events: AuthEvent[] = [];
  const asked: string[] = [];
  const decided = await decide(authenticator, { onEvent: (event) => events.push(event) })(
    request,
    contextOf({ bindings: asked }),
  );
  const [event, ...more] = events;
  if (!event || more.length) throw new Error(`${events.length} events for one decision`);
  const response = decided.response ?? (await decided.finish?.(new Response('')));
  if (!response) throw new Error('taken for a preflight');
  return {
    kind: event.type,
    scheme: event.scheme,
    reason: event.type === 'accepted' ? undefined : event.reason,
    status: response.status,
    challenges: response.headers.get('www-authenticate'),
    cookies: response.headers.getSetCookie().sort(),
    asked,
  };
}
