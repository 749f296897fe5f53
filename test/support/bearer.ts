import { type Accepted, type AuthEvent, type Authenticator, protect, type RequestLike } from '../../src/index.ts';
import { START } from './sessions.ts';

/** What a request to a protected API brings about, at {@link START}. */
export interface Called {
  readonly status: number;
  readonly challenge: string | null;
  /** As the event has it; `accepted` where the handler ran. */
  readonly reason: string;
  readonly scheme: string | undefined;
  readonly accepted: Accepted | undefined;
  readonly body: string;
  readonly events: readonly AuthEvent[];
  readonly errors: readonly unknown[];
}

export async function call(
  authenticator: Authenticator,
  request: RequestLike,
  handler: (request: RequestLike) => string | Promise<string> = () => '',
): Promise<Called> {
  const events: AuthEvent[] = [];
  const errors: unknown[] = [];
  let accepted: Accepted | undefined;
  const api = protect(
    authenticator,
    async (given: RequestLike, acceptance) => {
      accepted = acceptance;
      return new Response(await handler(given));
    },
    {
      context: () => ({ now: START }),
      onEvent: (event) => events.push(event),
      onError: (error) => errors.push(error),
    },
  );
  const response = await api(request);
  const event = events[0] as AuthEvent;
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate'),
    reason: event.type === 'accepted' ? event.type : event.reason,
    scheme: event.scheme,
    accepted,
    body: await response.text(),
    events,
    errors,
  };
}
