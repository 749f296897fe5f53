import type { Context } from '../core/context.ts';
import type { Accepted } from '../core/outcome.ts';
import type { TokenFamily } from '../tokens/refresh-token-types.ts';
import { endpointOf } from './endpoint-of.ts';
import { json } from './json.ts';
import { problem } from './problem.ts';
import { readFields } from './read-fields.ts';
import type { SignInEndpoint } from './sign-in-types.ts';
import type { TokenEndpoints, TokenEndpointsOptions } from './token-endpoint-types.ts';

/** What somebody who is signed in may do about that. Whose sign-ins they are is the acceptance's to say, never the request's. */
export function signInsEndpoints<D, C extends string>({
  families,
  authenticator,
  trustedOrigins,
  onError,
}: Pick<TokenEndpointsOptions<D, C>, 'families' | 'authenticator' | 'trustedOrigins' | 'onError'>): Pick<
  TokenEndpoints<D, C>,
  'signIns' | 'endSignIn' | 'endSignIns'
> {
  const signedIn = (
    method: 'GET' | 'POST',
    act: (request: Request, subject: string, accepted: Accepted, context: Context) => Promise<Response>,
  ): SignInEndpoint =>
    authenticator
      ? endpointOf({ trustedOrigins, onError }, method, authenticator, async (request, accepted, context) => {
          // Without one, anybody's would be everybody's.
          if (!accepted.subject) throw new TypeError('authenticator: accepts without a subject');
          return act(request, accepted.subject, accepted, context);
        })
      : async () => problem(404, 'There is nothing here.');

  return {
    signIns: signedIn('GET', async (request, subject, accepted, context) => {
      const after = new URL(request.url).searchParams.get('after') ?? undefined;
      const page = await families.list(subject, { after }, context);
      const current = familyOfAccepted(accepted as Authenticated);
      return json(200, { signIns: page.families.map((family) => viewOf(family, current)), next: page.next });
    }),

    endSignIn: signedIn('POST', async (request, subject, _accepted, context) => {
      const fields = await readFields(request, { id: 'line' });
      if (fields instanceof Response) return fields;
      const isEnded = await families.revoke(subject, fields.id, context);
      return isEnded ? new Response(null, { status: 204 }) : problem(404, 'There is no such sign-in.');
    }),

    endSignIns: signedIn('POST', async (_request, subject, _accepted, context) => {
      await families.revokeAll(subject, context);
      return new Response(null, { status: 204 });
    }),
  };
}

/** Of `jwtAccess` the principal is the claims, of `opaqueAccess` a record with data. */
type Authenticated = Accepted<string, { readonly sid?: unknown; readonly data?: { readonly sid?: unknown } } | null>;

function familyOfAccepted({ principal }: Authenticated): unknown {
  return principal?.sid ?? principal?.data?.sid;
}

/** What the application keeps in it stays with it. */
function viewOf<D>({ data: _, subject: __, audience: ___, ...view }: TokenFamily<D>, current: unknown) {
  return { ...view, current: view.id === current };
}
