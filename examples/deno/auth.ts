/** Who may sign in, by what, and where it is kept. */
import { any } from 'countersign';
import { jwtAccess } from 'countersign/access-tokens';
import { apiKey } from 'countersign/api-key';
import { apiKeyEndpoints } from 'countersign/api-key-endpoints';
import { apiKeys } from 'countersign/api-keys';
import { bearer } from 'countersign/bearer';
import { denoKvStore } from 'countersign/deno-kv-store';
import { importSecret, jwt } from 'countersign/jwt';
import { manageApiKeys } from 'countersign/manage-api-keys';
import { passwords } from 'countersign/passwords';
import { refreshTokens } from 'countersign/refresh-tokens';
import { scrypt } from 'countersign/scrypt';
import { session } from 'countersign/session';
import { normalizeIdentifier, signIn } from 'countersign/sign-in';
import { signInThrottle } from 'countersign/sign-in-throttle';
import { tokenEndpoints } from 'countersign/token-endpoints';

export interface User {
  readonly subject: string;
  readonly name: string;
  readonly passwordHash: string;
}

const ISSUER = 'https://acme.example';
const AUDIENCE = 'https://acme.example/api';

export async function createAuth(database: string | undefined, secret: string) {
  const kv = await Deno.openKv(database);
  const store = denoKvStore(kv);

  const findBySubject = async (subject: string): Promise<User | undefined> =>
    (await kv.get<User>(['users', subject])).value ?? undefined;
  const findByIdentifier = async (identifier: string): Promise<User | undefined> => {
    const { value } = await kv.get<string>(['identifiers', identifier]);
    return value === null ? undefined : findBySubject(value);
  };

  // A secret for each purpose: what one of them makes opens nothing of another.
  const secretFor = async (purpose: string): Promise<Uint8Array> =>
    new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${purpose} ${secret}`)));

  // People in browsers have a session.
  const sessions = session({
    secret: await secretFor('sessions'),
    store,
    load: ({ subject }) => findBySubject(subject),
  });

  // Programs have access tokens, which last five minutes, and a refresh token.
  const key = importSecret(await secretFor('access tokens'));
  const families = refreshTokens({
    store,
    secrets: { a: await secretFor('refresh tokens') },
    access: jwtAccess({ key, issuer: ISSUER }),
    audience: AUDIENCE,
    clients: { cli: {} },
  });
  const tokens = tokenEndpoints({ path: '/oauth', families });

  // Or they have keys, which people make in their settings.
  const keys = apiKeys({ store, prefix: 'acme', pepper: { a: await secretFor('api keys') } });

  const hashing = passwords({ hasher: scrypt() });
  const door = signIn({
    path: '/auth',
    sessions,
    passwords: hashing,
    throttle: signInThrottle({ store }),
    users: {
      findByIdentifier,
      findBySubject,
      async updatePasswordHash(user, hash) {
        const key = ['users', user.subject];
        const entry = await kv.get<User>(key);
        // In place of the hash that was verified, and of no other.
        if (entry.value?.passwordHash !== user.passwordHash) return false;
        const change = kv
          .atomic()
          .check(entry)
          .set(key, { ...entry.value, passwordHash: hash });
        return (await change.commit()).ok;
      },
    },
    tokens: tokens.forSignIn<User>((request) => ({ device: request.headers.get('user-agent') ?? undefined })),
    pages: { signedIn: '/account' },
    onError: (error) => console.error(error),
  });

  return {
    sessions,
    door,
    tokens,
    /** What a settings page calls, behind `sessions`. */
    keyEndpoints: apiKeyEndpoints(manageApiKeys(keys), { path: '/settings/keys' }),
    /** Whoever calls the API: by key, or by access token. */
    programs: any(apiKey({ keys }), bearer({ tokens: jwt({ issuer: ISSUER, audience: AUDIENCE, keys: key }) })),

    async addUser(typed: string, name: string, password: string): Promise<void> {
      const identifier = normalizeIdentifier(typed);
      const made = await hashing.hash(password);
      if (identifier === undefined || !made.ok) throw new Error('That can be no user.');
      const subject = crypto.randomUUID();
      const user: User = { subject, name, passwordHash: made.hash };
      // Of two with one name the second is not there.
      const key = ['identifiers', identifier];
      await kv.atomic().check({ key, versionstamp: null }).set(key, subject).set(['users', subject], user).commit();
    },
  };
}

export type Auth = Awaited<ReturnType<typeof createAuth>>;
