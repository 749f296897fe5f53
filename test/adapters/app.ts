/**
 * The application that every framework serves in its own way: who may call which path. Credentials are signed or sealed under secrets
 * that stand here, so whoever asks makes them where they are, in another process.
 *
 * | path | for | the handler |
 * | --- | --- | --- |
 * | `GET /me` | {@link people} | JSON of {@link view} |
 * | `GET /admin` | {@link admins} | `admin` |
 * | `GET /demand` | {@link people} | finds that it needs the scope `write`, where a handler can say so |
 * | `GET /broken` | {@link broken} | `never` |
 * | `GET /home` | {@link anybody} | `hello` and the name, or `nobody` |
 * | `GET /own-cookie` | {@link people} | sets {@link OWN_COOKIE} |
 * | `GET /redirect` | {@link people} | 303 to `/me` |
 * | `GET /stream` | {@link people} | `first`, and 300 ms later `second` |
 * | `GET /throw` | {@link people} | throws an Error |
 * | `POST /sign-out` | {@link people} | 204 with what `sessions.signOut` says |
 */
import { type AcceptedBy, type Authenticator, any, optional } from 'countersign';
import { bearer } from 'countersign/bearer';
import { scopes } from 'countersign/guards';
import { importSecret, jwt } from 'countersign/jwt';
import { memoryStore } from 'countersign/memory-store';
import { sealedSession } from 'countersign/sealed-session';

export const ISSUER = 'https://id.example';
export const AUDIENCE = 'https://api.example';
export const KEY = importSecret('a signing key for tests, 32 bytes');
export const COOKIE = '__Host-Http-session';
export const OWN_COOKIE = `${COOKIE}=mine; Path=/; Secure; HttpOnly`;

const users = new Map([['ada', { name: 'Ada' }]]);
/** Of an hour without use: from half an hour after the last `Set-Cookie` on there is another one. */
export const sessions = sealedSession({
  secret: 'a secret for tests, of 32 bytes..',
  store: memoryStore(),
  load: ({ subject }) => users.get(subject),
  lifetime: { idle: 3600, absolute: 86_400 },
});
/** By session, or by token. */
export const people = any(sessions, bearer({ tokens: jwt({ issuer: ISSUER, audience: AUDIENCE, keys: KEY }) }));
export const admins = scopes(people, 'admin');
export const anybody = optional(people);
/** Whose store is down. */
export const broken: Authenticator = {
  schemes: ['bearer'],
  carriers: [{ header: 'authorization', scheme: 'Bearer' }],
  authenticate: () => Promise.reject(new Error('the store is down')),
  challenge: () => ['Bearer'],
};

/** Who is asking, of the types that are inferred: no cast. */
export function view(accepted: AcceptedBy<typeof people>) {
  const name = accepted.scheme === 'session' ? accepted.principal.name : accepted.principal.sub;
  return { subject: accepted.subject, scheme: accepted.scheme, name };
}

export const greeting = (accepted: AcceptedBy<typeof anybody>): string =>
  `hello ${accepted.scheme === 'anonymous' ? 'nobody' : view(accepted).name}`;

export function stream(): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async start(controller) {
      controller.enqueue(encoder.encode('first\n'));
      await new Promise((resolve) => setTimeout(resolve, 300));
      controller.enqueue(encoder.encode('second\n'));
      controller.close();
    },
  });
}
