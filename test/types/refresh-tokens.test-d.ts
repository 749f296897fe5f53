/** Types of refresh tokens, access tokens, their endpoints and the client. */

import { jwtAccess, opaqueAccess } from 'countersign/access-tokens';
import { tokenClient } from 'countersign/client';
import { endAccess } from 'countersign/end-access';
import { importJwk, importSecret, jwt } from 'countersign/jwt';
import { type KvBinding, kvStore } from 'countersign/kv-store';
import { memoryStore } from 'countersign/memory-store';
import { opaqueTokens } from 'countersign/opaque-tokens';
import { passwords } from 'countersign/passwords';
import { pbkdf2 } from 'countersign/pbkdf2';
import { type RefreshRefusal, refreshTokens } from 'countersign/refresh-tokens';
import { session } from 'countersign/session';
import { type SignInUser, signIn } from 'countersign/sign-in';
import { signInThrottle } from 'countersign/sign-in-throttle';
import { tokenEndpoints } from 'countersign/token-endpoints';

type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(proof: Equals<A, B>): void;

interface User extends SignInUser {
  readonly plan: string;
}
declare const binding: KvBinding;
declare const find: (key: string) => User | undefined;
const store = memoryStore();
const key = importSecret('not a secret: an example of 32 bytes');
const issuer = 'https://id.example';
const access = jwtAccess({ key, issuer });
const secrets = { a: 'not a secret: an example of 32 bytes' };
const audience = 'https://api.example';

// --- without a type for its data, there is none; the clients are known by name -----------------------------------------------
const families = refreshTokens({ store, secrets, access, audience, clients: { web: { delivery: 'cookie' }, cli: {} } });
families.issue({ subject: 'ada', client: 'web' });
// @ts-expect-error not one of the clients
families.issue({ subject: 'ada', client: 'wep' });
// @ts-expect-error whose it is
families.issue({ client: 'web' });
const plain = await families.issue({ subject: 'ada' });
same<typeof plain.family.data, undefined>(true);
same<typeof plain.refreshToken, string>(true);
same<typeof families.clients, readonly ('web' | 'cli')[]>(true);

// --- with one, it is asked for, and comes back -------------------------------------------------------------------------------
const withPlan = refreshTokens<{ readonly plan: string }>({
  store,
  secrets,
  access: jwtAccess<{ readonly plan: string }>({ key, issuer, claims: ({ family }) => ({ plan: family.data.plan }) }),
  audience,
  isActive: ({ data }) => data.plan !== 'none',
});
withPlan.issue({ subject: 'ada', data: { plan: 'pro' } });
// @ts-expect-error the data
withPlan.issue({ subject: 'ada' });
const refreshed = await withPlan.refresh('text');
if (refreshed.ok) {
  same<typeof refreshed.answer, 'kept' | 'rotated' | 'repeated' | 'forwarded'>(true);
  same<typeof refreshed.family.data, { readonly plan: string }>(true);
  same<typeof refreshed.refreshToken, string | undefined>(true);
} else {
  same<typeof refreshed.reason, RefreshRefusal>(true);
}

// --- what it takes -------------------------------------------------------------------------------------------------------------
// @ts-expect-error a store that promises nothing
refreshTokens({ store: kvStore(binding), secrets, access, audience });
// @ts-expect-error whom access tokens are for
refreshTokens({ store, secrets, access });
// @ts-expect-error a misspelt option
refreshTokens({ store, secrets, access, audience, leway: 10 });
// @ts-expect-error a key that only verifies
jwtAccess({ key: await importJwk({}), issuer });
// @ts-expect-error tokens with other data
opaqueAccess(opaqueTokens<{ readonly other: number }>({ store }));
refreshTokens({ store, secrets, access: opaqueAccess(opaqueTokens({ store })), audience });

// --- where it goes -------------------------------------------------------------------------------------------------------------
jwt({ issuer, audience, keys: key, revocations: families.revocations });
endAccess('ada', [families, withPlan]);
const endpoints = tokenEndpoints({ path: '/oauth', families });
endpoints.issue({ subject: 'ada', client: 'cli' }) satisfies Promise<Response>;
// @ts-expect-error not one of the clients
endpoints.issue({ subject: 'ada', client: 'app' });
const sessions = session({ secret: secrets.a, store, load: ({ subject }) => find(subject) });
signIn({
  path: '/auth',
  sessions,
  passwords: passwords({ hasher: pbkdf2() }),
  throttle: signInThrottle({ store }),
  users: { findByIdentifier: find, findBySubject: find, updatePasswordHash: () => true },
  tokens: endpoints.forSignIn<User>((_request, user, client) => {
    same<typeof client, 'web' | 'cli'>(true);
    return { scopes: [user.plan] };
  }),
  session: (_request, _user, _context, remember) => ({ lifetime: { idle: remember ? 1000 : 100 } }),
});

const client = tokenClient({ url: '/auth' });
client.fetch satisfies (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
client.fetch('/api', { method: 'POST' }) satisfies Promise<Response>;
client.token() satisfies Promise<string | undefined>;
// @ts-expect-error a misspelt option
tokenClient({ url: '/auth', clientID: 'web' });
