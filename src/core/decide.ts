import { assertNoOthers } from './assert-no-others.ts';
import type { Authenticator } from './authenticator.ts';
import type { MaybePromise } from './chain.ts';
import { assertAuthenticators, withEffects } from './composition.ts';
import type { Context, RequestLike } from './context.ts';
import { type CrossSiteOptions, crossSiteCheck } from './cross-site.ts';
import { applyAdditions, type Effect } from './effects.ts';
import type { EventListener } from './event.ts';
import { notify } from './notify.ts';
import { ABSENT, type Accepted, type Failure, type Insufficient } from './outcome.ts';
import type { Refusal, RefusalResponder } from './refusal.ts';

export interface DecideOptions extends CrossSiteOptions {
  /** Makes the responses of refusals; `describeRefusal` of `countersign/refusals` is one. Default: no body. */
  readonly refuse?: RefusalResponder | undefined;
  /** Hears of every decision. */
  readonly onEvent?: EventListener | undefined;
  /** Gets what a store, a lookup or `refuse` threw, whole: the event says only that it happened. */
  readonly onError?: ((error: unknown, request: RequestLike) => unknown) | undefined;
}

/** What to do with a request: look at `response` first, then at `accepted`. */
export type Decision<A extends Accepted = Accepted> =
  /** Refused: send it. */
  | { readonly response: Response; readonly accepted?: never; readonly finish?: never }
  /** A CORS preflight, which carries no credentials by design: the application's CORS code answers it, no handler. */
  | { readonly response?: never; readonly accepted?: never; readonly finish?: never }
  | {
      readonly response?: never;
      /** The handler may run. */
      readonly accepted: A;
      /**
       * Makes the response of what the handler returned: a response gets what authentication adds (the same object where
       * that is nothing), a demand ({@link insufficient}) becomes a refusal.
       */
      finish(answer: Response | Insufficient): MaybePromise<Response>;
    };

/**
 * Everything `protect` does but call a handler: for adapters, and for code that wants the decision as a value.
 *
 * @param authenticator Who may call.
 * @param options As for {@link protect}.
 * @returns A function from a request and a context to a {@link Decision}. Bad credentials and outages are values too.
 * @throws TypeError On a bad option, here and not at the first request.
 */
export function decide<A extends Accepted>(
  authenticator: Authenticator<A>,
  { trustedOrigins, strict, refuse, onEvent, onError, ...others }: DecideOptions = {},
): (request: RequestLike, context: Context) => Promise<Decision<A>> {
  assertAuthenticators([authenticator]);
  assertNoOthers(others);
  const crossSite = crossSiteCheck(trustedOrigins, strict);
  const vary = [...new Set(authenticator.carriers.flatMap(({ header }) => header ?? []))];

  let kept: readonly string[] | undefined;
  let headers: Headers;

  const write = (
    { status, effects = [] }: Omit<Refusal, 'challenges'>,
    challenges: readonly string[],
    own?: Response,
  ): Response => {
    const plain = !own?.status && !effects.length;
    if (!plain || challenges !== kept) {
      // Fetch joins field lines of one name anyway, so one line is what arrives in any case (RFC 9110 §11.6.1).
      const value = [...new Set(challenges)].join(', ');
      // `Response.error()` has the status 0, and nothing can be sent of it.
      const response = own?.status ? own : new Response(null, { status });
      const asked: readonly Effect[] =
        value && response.status >= 400 ? [...effects, { header: 'www-authenticate', value }] : effects;
      const written = applyAdditions(response, asked, vary, 'no-store');
      if (!plain) return written;
      kept = challenges;
      headers = written.headers;
    }
    // Checking headers is most of what a response costs: those of a plain refusal are kept while it asks for the same. Each
    // response gets a copy, so that what an application adds to one refusal is not in the next, which is somebody else's.
    return new Response(null, { status, headers });
  };

  return async (request, context) => {
    const deny = (failure: Omit<Refusal, 'challenges'>, challenges: readonly string[] = []): MaybePromise<Response> => {
      if (onEvent) {
        const { kind, scheme, subject, status, reason = kind } = failure;
        notify(context, onEvent, { type: kind, at: context.now, scheme, subject, status, reason });
      }
      if (!refuse) return write(failure, challenges);
      const respond = async (): Promise<Response> =>
        write(failure, challenges, await refuse({ ...failure, challenges }, request, context));
      // A broken error page must not turn a 401 into a 500 that lost its challenge.
      return respond().catch((error) => {
        notify(context, onError, error, request);
        return write(failure, challenges);
      });
    };
    const fail = (given: Failure): MaybePromise<Response> => {
      // Asked of nobody, "not enough" means "sign in".
      const failure = given.scheme === 'anonymous' ? withEffects(ABSENT, given.effects ?? []) : given;
      return deny(failure, authenticator.challenge(failure, context));
    };

    if (request.method === 'OPTIONS' && request.headers.get('access-control-request-method')) return {};
    try {
      const outcome = await authenticator.authenticate(request, context);
      if (outcome.kind !== 'accepted') return { response: await fail(outcome) };
      const { kind, scheme, subject, credentialId, ambient, effects } = outcome;
      if (ambient && crossSite(request)) {
        // No challenge, since signing in again would not help; no effects: another site shall not even renew a cookie.
        return { response: await deny({ kind: 'cross_site', scheme, subject, status: 403 }) };
      }
      notify(context, onEvent, { type: kind, at: context.now, scheme, subject, credentialId });
      return {
        accepted: outcome as A,
        finish: (answer) =>
          'kind' in answer
            ? fail({ ...answer, scheme, subject, effects })
            : // A page for all must not carry somebody's cookie into a cache.
              applyAdditions(answer, effects, vary, scheme === 'anonymous' && !effects?.length ? '' : 'private'),
      };
    } catch (error) {
      notify(context, onError, error, request);
      return { response: await deny({ kind: 'outage', status: 503 }) };
    }
  };
}
