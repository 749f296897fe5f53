/** Who may come in, and by what. */
import { any } from 'countersign';
import { apiKey } from 'countersign/api-key';
import { apiKeys } from 'countersign/api-keys';
import { bearer } from 'countersign/bearer';
import { manageApiKeys } from 'countersign/manage-api-keys';
import { opaqueTokens } from 'countersign/opaque-tokens';
import { sealedSession } from 'countersign/sealed-session';
import { signIn } from 'countersign/sign-in';
import { signInThrottle } from 'countersign/sign-in-throttle';
import { hashing, secretFor, store, users } from './database';

/** People in browsers. What they hold is sealed, so it is renewed by a cookie: `proxy.ts` does it. */
export const sessions = sealedSession({
  secret: () => secretFor('sessions'),
  store,
  load: ({ subject }) => users.findBySubject(subject),
});

const keys = apiKeys({ store, prefix: 'acme' });
export const manageKeys = manageApiKeys(keys);
export const tokens = opaqueTokens({ store, prefix: 'acmetoken' });

/** Programs: by key, or by token. */
export const programs = any(apiKey({ keys }), bearer({ tokens }));

export const door = signIn({
  path: '/auth',
  sessions,
  passwords: hashing,
  throttle: signInThrottle({ store }),
  users,
  pages: { signedIn: '/account' },
  onError: (error) => console.error(error),
});
