/** Types of bearer tokens: what is inferred, under strict equality, and what does not compile. */
import { type Accepted, type AcceptedBy, any, type PrincipalOf, protect } from 'countersign';
import { basic } from 'countersign/basic';
import { bearer, cookieToken, firstOf, queryTokenThatLeaksIntoLogs, type VerifiedToken } from 'countersign/bearer';
import { scopes, stepUp } from 'countersign/guards';
import { importSecret, type JwtClaims, jwt, signJwt, type TokenFormat, UNSAFE_ANY_AUDIENCE } from 'countersign/jwt';
import { jwtRevocations } from 'countersign/jwt-revocations';
import { memoryStore } from 'countersign/memory-store';
import { type OpaqueToken, opaqueTokens } from 'countersign/opaque-tokens';
import type { StandardSchema } from 'countersign/session';

type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(proof: Equals<A, B>): void;
type IsAny<T> = 0 extends 1 & T ? true : false;

interface Client {
  readonly client_id: string;
}
interface User {
  readonly userId: number;
}
const [issuer, audience] = ['https://id.example', 'https://api.example'];
const keys = importSecret('not a secret: an example of 32 bytes');
declare const clientSchema: StandardSchema<Client>;
declare function query(subject: string | undefined): Promise<User | null>;

// --- the audience can't be left out by accident -----------------------------------------------------------------------------
jwt({ issuer, keys, audience });
jwt({ issuer, keys, audience: ['https://a.example', 'https://b.example'] });
jwt({ issuer, keys, audience: { resource: 'https://api.example/files' } });
jwt({ issuer, keys, audience: UNSAFE_ANY_AUDIENCE });
// @ts-expect-error whom are they meant for?
jwt({ issuer, keys });
// @ts-expect-error not nobody
jwt({ issuer, keys, audience: undefined });
// @ts-expect-error nor none of several
jwt({ issuer, keys, audience: [] });
// @ts-expect-error nor what an environment may lack
jwt({ issuer, keys, audience: undefined as string | undefined });
// @ts-expect-error another symbol is no way around
jwt({ issuer, keys, audience: Symbol('any audience') });

// --- one issuer with its keys, or several with theirs -------------------------------------------------------------------------
jwt({ issuers: { [issuer]: keys, 'https://other.example': [keys, keys] }, audience });
jwt({ issuer, keys: { find: () => [keys] }, audience });
jwt({ issuer, keys: { find: async () => [keys] }, audience });
// @ts-expect-error one or the other
jwt({ issuer, keys, issuers: { [issuer]: keys }, audience });
// @ts-expect-error one or the other
jwt({ issuer, issuers: { [issuer]: keys }, audience });
// @ts-expect-error keys for all issuers would let each of them speak for the others
jwt({ issuers: { [issuer]: keys }, keys, audience });
// @ts-expect-error whose keys?
jwt({ keys, audience });
// @ts-expect-error which keys?
jwt({ issuer, audience });
// @ts-expect-error a secret is no key yet
jwt({ issuer, keys: 'not a secret: an example of 32 bytes', audience });
// @ts-expect-error no such option
jwt({ issuer, keys, audience, clockTolerance: 5 });
// @ts-expect-error seconds are a number
jwt({ issuer, keys, audience, tolerance: '5' });

// --- the principal is what the format says ------------------------------------------------------------------------------------
const claims = jwt({ issuer, keys, audience });
same<typeof claims, TokenFormat<JwtClaims>>(true);
const byClaims = bearer({ tokens: claims });
same<AcceptedBy<typeof byClaims>, Accepted<'bearer', JwtClaims>>(true);
same<PrincipalOf<typeof byClaims>['iss'], string>(true);
same<PrincipalOf<typeof byClaims>['sub'], string | undefined>(true);
// What the library does not know of has been checked by nobody.
same<PrincipalOf<typeof byClaims>['tenant'], unknown>(true);
protect(byClaims, (_request, { principal }) => {
  // @ts-expect-error shared by requests
  principal.exp = 0;
  return new Response();
});

// --- or the schema ------------------------------------------------------------------------------------------------------------
const typed = jwt({ issuer, keys, audience, schema: clientSchema });
same<typeof typed, TokenFormat<Client>>(true);
const byClient = bearer({ tokens: typed });
same<AcceptedBy<typeof byClient>, Accepted<'bearer', Client>>(true);

// --- or a record --------------------------------------------------------------------------------------------------------------
const opaque = opaqueTokens<{ readonly name: string }>({ store: memoryStore() });
const byRecord = bearer({ tokens: opaque });
same<PrincipalOf<typeof byRecord>, OpaqueToken<{ readonly name: string }>>(true);

// --- of several formats any of theirs -----------------------------------------------------------------------------------------
const several = firstOf(opaque, typed, claims);
same<typeof several, TokenFormat<OpaqueToken<{ readonly name: string }> | Client | JwtClaims>>(true);
const byAny = bearer({ tokens: several });
same<PrincipalOf<typeof byAny>, OpaqueToken<{ readonly name: string }> | Client | JwtClaims>(true);
const one = firstOf(typed);
same<typeof one, TokenFormat<Client>>(true);
// @ts-expect-error of none
firstOf();
// @ts-expect-error a scheme is no format
firstOf(byClient);

// --- or what `load` finds -----------------------------------------------------------------------------------------------------
const loaded = bearer({ tokens: claims, load: ({ subject }) => query(subject) });
same<AcceptedBy<typeof loaded>, Accepted<'bearer', User>>(true);
const atOnce = bearer({
  tokens: typed,
  load: (token) => {
    same<typeof token, VerifiedToken<Client>>(true);
    return token.principal.client_id ? { id: token.principal.client_id } : undefined;
  },
});
same<PrincipalOf<typeof atOnce>, { id: string }>(true);
same<IsAny<PrincipalOf<typeof atOnce>>, false>(true);

bearer({ tokens: opaque, alsoFrom: [cookieToken('__Host-token'), queryTokenThatLeaksIntoLogs()] });
// @ts-expect-error which tokens?
bearer({ realm: 'api' });
// @ts-expect-error no such option
bearer({ tokens: opaque, cookie: '__Host-token' });
// @ts-expect-error scopes are a list
bearer({ tokens: opaque, scopes: 'files:read' });

// --- guards change nothing of it, and any() narrows by the scheme ---------------------------------------------------------------
const guarded = stepUp(scopes(loaded, 'files:read'), { maxAge: 300 });
same<AcceptedBy<typeof guarded>, Accepted<'bearer', User>>(true);
const staff = basic({ realm: 'x', users: [{ username: 'ada', plaintextPassword: 'p' }] });
const either = any(guarded, staff);
protect(either, (_request, accepted) => {
  if (accepted.scheme === 'bearer') same<typeof accepted.principal, User>(true);
  else accepted.principal.username satisfies string;
  return new Response();
});
// @ts-expect-error two of one scheme: make them formats of one
any(byClaims, byRecord);

// --- signing and taking back ----------------------------------------------------------------------------------------------------
const revocations = jwtRevocations({ store: memoryStore() });
jwt({ issuer, keys, audience, revocations });
declare const principal: PrincipalOf<typeof byClaims>;
revocations.revoke(principal);
revocations.revokeAll({ iss: issuer, sub: 'ada' });
// @ts-expect-error whose token? of another issuer it would be another
revocations.revoke({ jti: 'a', exp: 1 });
// @ts-expect-error until when?
revocations.revoke({ iss: issuer, jti: 'a' });
signJwt(keys, { iss: issuer, aud: audience, sub: 'ada', tenant: 7 }, { expiresIn: 300 });
// @ts-expect-error by whom?
signJwt(keys, { aud: audience }, { expiresIn: 300 });
// @ts-expect-error for whom?
signJwt(keys, { iss: issuer }, { expiresIn: 300 });
// @ts-expect-error for how long?
signJwt(keys, { iss: issuer, aud: audience }, {});
