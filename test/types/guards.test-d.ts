/** Guards keep the types of what they guard; introspection and protected resources fit where they belong. */
import {
  type Accepted,
  type AcceptedBy,
  type Anonymous,
  type Authenticator,
  any,
  type Insufficient,
  optional,
  type PrincipalOf,
  protect,
} from 'countersign';
import { bearer } from 'countersign/bearer';
import { anyScope, missingScopes, scopes, stepUp } from 'countersign/guards';
import { type IntrospectedClaims, introspection, UNSAFE_ANY_AUDIENCE } from 'countersign/introspection';
import { type ProtectedResource, protectedResource } from 'countersign/protected-resource';

type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(proof: Equals<A, B>): void;
type IsAny<T> = 0 extends 1 & T ? true : false;

interface Client {
  readonly clientId: string;
}
interface User {
  readonly userId: number;
}
type Machine = Accepted<'api', Client>;
type Person = Accepted<'session', User>;
declare const api: Authenticator<Machine>;
declare const session: Authenticator<Person>;

// --- guards: what is let in is what was let in before ---------------------------------------------------------------------
const readers = scopes(api, 'files:read');
same<AcceptedBy<typeof readers>, Machine>(true);
const guarded = stepUp(anyScope(scopes(api, 'a', 'b'), 'c'), { maxAge: 300 });
same<AcceptedBy<typeof guarded>, Machine>(true);
const around = scopes(any(api, session), 'a');
same<AcceptedBy<typeof around>, Machine | Person>(true);
const inside = any(scopes(api, 'a'), stepUp(session, { acr: ['gold'] }));
same<AcceptedBy<typeof inside>, Machine | Person>(true);
const perhaps = optional(any(scopes(api, 'a'), session));
same<AcceptedBy<typeof perhaps>, Machine | Person | Anonymous>(true);
protect(inside, (_request, accepted) => {
  const refusal = missingScopes(accepted, 'a', 'b');
  same<typeof refusal, Insufficient | undefined>(true);
  if (accepted.scheme === 'api') accepted.principal.clientId satisfies string;
  else accepted.principal.userId satisfies number;
  return refusal ?? new Response();
});

// @ts-expect-error no scope
scopes(api);
// @ts-expect-error no scope
anyScope(api);
// @ts-expect-error no scope
missingScopes({});
// @ts-expect-error a list, in place of names
scopes(api, ['a']);
// @ts-expect-error from an environment that may lack it
scopes(api, undefined as string | undefined);
// @ts-expect-error what is needed?
stepUp(api);
// @ts-expect-error none of the classes
stepUp(api, { acr: [] });
// @ts-expect-error a text, in place of a list
stepUp(api, { acr: 'gold' });
// @ts-expect-error no such option
stepUp(api, { maxage: 300 });

// --- introspection and protected resources ---------------------------------------------------------------------------------
const server = { endpoint: 'https://id.example/', clientId: 'x', clientSecret: 'y' } as const;
const resource = protectedResource({ resource: 'https://api.example/', authorizationServers: ['https://id.example'] });
same<typeof resource, ProtectedResource>(true);
const tokens = introspection({ ...server, audience: resource });
const introspected = bearer({ tokens, resource });
same<PrincipalOf<typeof introspected>, IntrospectedClaims>(true);
same<IsAny<PrincipalOf<typeof introspected>['tenant']>, false>(true);
introspection({ ...server, audience: ['a', 'b'], clientSecret: ({ bindings }) => (bindings as { S: string }).S });
introspection({ ...server, audience: UNSAFE_ANY_AUDIENCE, fetch });
// @ts-expect-error no audience
introspection(server);
// @ts-expect-error it may be missing
introspection({ ...server, audience: undefined });
// @ts-expect-error none of the audiences
introspection({ ...server, audience: [] });
// @ts-expect-error another symbol
introspection({ ...server, audience: Symbol() });
// @ts-expect-error no such option
introspection({ ...server, audience: 'a', cacheTtl: 60 });
// @ts-expect-error nobody issues for it
protectedResource({ resource: 'https://api.example/', authorizationServers: [] });
// @ts-expect-error no resource
protectedResource({ authorizationServers: ['https://id.example'] });
