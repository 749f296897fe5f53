/** Types of passwords, second factors and the door. */

import { type KvBinding, kvStore } from 'countersign/kv-store';
import { memoryStore } from 'countersign/memory-store';
import { passwords, type VerifiedPassword } from 'countersign/passwords';
import { pbkdf2 } from 'countersign/pbkdf2';
import { recoveryCodes } from 'countersign/recovery-codes';
import { session } from 'countersign/session';
import { type SecondStep, type SignInUser, signIn } from 'countersign/sign-in';
import { signInThrottle } from 'countersign/sign-in-throttle';
import { totp } from 'countersign/totp';

type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(proof: Equals<A, B>): void;

interface User extends SignInUser {
  readonly email: string;
  readonly totpSecret?: string;
}
declare const find: (key: string) => User | undefined;
declare const binding: KvBinding;
const store = memoryStore();
const hashing = passwords({ hasher: pbkdf2() });
const throttle = signInThrottle({ store });
const secret = 'not a secret: an example of 32 bytes';
const sessions = session({ secret, store, load: ({ subject }) => find(subject) });
const withCart = session<User, { items: readonly string[] }>({ secret, store, load: ({ subject }) => find(subject) });

// --- the application's own user comes back to it -----------------------------------------------------------------------------
const users = {
  findByIdentifier: find,
  findBySubject: async (subject: string) => find(subject),
  updatePasswordHash: (user: User, hash: string) => user.email !== hash,
};
const codes = totp({ issuer: 'Acme', store });
const recovery = recoveryCodes({ store });
const secondStep: SecondStep<User> = {
  store,
  throttle,
  isNeeded: (user) => user.totpSecret !== undefined,
  verify: async (user, code, context) => {
    const said = await codes.verify(user.totpSecret ?? '', code, context);
    return said.ok ? said : recovery.redeem(user.subject, code, context);
  },
};
const door = signIn({ path: '/auth', sessions, passwords: hashing, throttle, users, secondStep });
door.fetch(new Request('https://app.example/auth/me'), { address: '192.0.2.1' }) satisfies Promise<Response>;
signIn({
  path: '/auth',
  sessions: withCart,
  passwords: hashing,
  throttle,
  users,
  session: (_request, user) => {
    same<typeof user, User>(true);
    return { data: { items: [user.email] } };
  },
});

// --- and what does not fit does not compile -----------------------------------------------------------------------------------
const options = { path: '/auth', sessions, passwords: hashing, throttle, users };
const { throttle: _, ...unlimited } = options;
// @ts-expect-error: no throttle, no door.
signIn(unlimited);
const { updatePasswordHash: __, ...readOnly } = users;
// @ts-expect-error: somebody must write the hash.
signIn({ ...options, users: readOnly });
const nobody = { ...users, findByIdentifier: () => ({ email: '' }) };
// @ts-expect-error: a user without a subject.
signIn({ ...options, users: nobody });
// @ts-expect-error: data of another form.
signIn({ ...options, sessions: withCart, session: () => ({ data: 7 }) });
// @ts-expect-error: KV does not count.
signInThrottle({ store: kvStore(binding) });
// @ts-expect-error
totp({ issuer: 'Acme', store: kvStore(binding) });
// @ts-expect-error: KV is neither atomic nor consistent.
recoveryCodes({ store: kvStore(binding) });
// @ts-expect-error: a hasher is needed.
passwords({ minLength: 8 });

// --- what came of a password ---------------------------------------------------------------------------------------------------
declare const verified: VerifiedPassword;
if (verified.ok) verified.rehash?.() satisfies Promise<string> | undefined;
else verified.reason satisfies 'invalid' | 'absent' | 'unreadable' | 'malformed' | 'too_long';
