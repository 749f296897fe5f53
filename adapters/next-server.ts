/** @module countersign/next-server */
import type { Accepted, Authenticator, Context, DecideOptions, Refusal, RequestLike } from '../src/index.ts';
import { createContext, decide } from '../src/index.ts';

export interface AuthenticateServerOptions<U> extends Omit<DecideOptions, 'refuse' | 'onError'> {
  /** That of `next/headers`. */
  readonly headers: () => RequestLike['headers'] | Promise<RequestLike['headers']>;
  /** `() => redirect('/sign-in')`; or what it returns stands in place of an acceptance, and of an action's answer. */
  readonly refused: (refusal: Refusal) => U;
  readonly context?: (() => Partial<Context>) | undefined;
}
/** Each looks at the request itself, whatever a proxy did. */
export interface ServerAuthentication<A extends Accepted, U> {
  /** For server components: who is asking. */
  page(): Promise<A | U>;
  /** For server actions: each is a POST that anybody may send, whatever the page shows. */
  action<R extends readonly unknown[], T>(act: (accepted: A, ...rest: R) => T): (...rest: R) => Promise<Awaited<T> | U>;
}

/**
 * For server components and actions of Next. No cookie is set: renewal is the proxy's. What a store throws is thrown. They don't
 * see the address: a token in a query is not found there, and Basic that refuses cleartext refuses.
 *
 * @throws TypeError On a bad option, at construction.
 * @example
 * ```ts
 * import { basic } from 'countersign/basic';
 * import { authenticateServer } from 'countersign/next-server';
 * const staff = basic({ realm: 'Staff', users: new Map() });
 * // In Next: `headers` of `next/headers`, and `() => redirect('/sign-in')`.
 * const people = authenticateServer(staff, { headers: () => new Headers(), refused: ({ kind }) => kind });
 * console.log(await people.page()); // absent
 * export const rename = people.action((_accepted, form: FormData) => console.log(form.get('name')));
 * ```
 */
export function authenticateServer<A extends Accepted, U>(
  authenticator: Authenticator<A>,
  { headers, refused, context, ...options }: AuthenticateServerOptions<U>,
): ServerAuthentication<A, U> {
  const refuse: DecideOptions['refuse'] = (refusal, request) => void Object.assign(request, { refusal });
  const onError: DecideOptions['onError'] = (error, request) => Object.assign(request, { error });
  const decision = decide(authenticator, { ...options, refuse, onError });
  const judge = async <T>(method: string, act: (accepted: A) => T): Promise<Awaited<T> | U> => {
    const request: RequestLike = { method, url: 'http://server.invalid/', headers: await headers() };
    const { accepted } = await decision(request, createContext({ ...context?.(), deliverable: false }));
    if (accepted) return await act(accepted);
    const { error, refusal } = request as { error?: unknown; refusal?: Refusal };
    // Whoever is signed in is not sent to sign in because a store is down.
    if (!refusal || refusal.kind === 'outage') throw error;
    return refused(refusal);
  };
  return {
    page: () => judge('GET', (accepted) => accepted),
    action:
      (act) =>
      (...args) =>
        judge('POST', (accepted) => act(accepted, ...args)),
  };
}
