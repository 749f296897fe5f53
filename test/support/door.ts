import { type SignInEvent, type SignInOptions, type SignInUser, signIn } from '../../src/endpoints/sign-in.ts';
import { signInThrottle } from '../../src/guards/sign-in-throttle.ts';
import { type PasswordHasher, passwords } from '../../src/passwords/passwords.ts';
import { pbkdf2 } from '../../src/passwords/pbkdf2.ts';
import type { Store } from '../../src/stores/contract.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { Browser, clockAt, KINDS } from './sessions.ts';

export const PASSWORD = 'correct horse battery staple';
export const WRONG = 'incorrect horse battery staple';

/** A user of the application's table. */
export interface Row extends SignInUser {
  readonly identifier: string;
  passwordHash?: string | null;
  disabled?: boolean;
  secret?: string;
}

/** Quick, and counted. */
function countingHasher() {
  const inner = pbkdf2({ iterations: 1000, weakerThanOwasp: true });
  const counts = { hash: 0, verify: 0 };
  const hasher: PasswordHasher = {
    ...inner,
    hash: (...given) => {
      counts.hash++;
      return inner.hash(...given);
    },
    verify: (...given) => {
      counts.verify++;
      return inner.verify(...given);
    },
  };
  return { hasher, counts };
}

type Options = Partial<SignInOptions<string, unknown, unknown, Row>>;

/** A whole door over one store, with ada (by password), bob (suspended) and cyd (without a password) in the table. */
export async function openDoor(more: Options = {}, kind: keyof typeof KINDS = 'stored', store: Store = memoryStore()) {
  const { hasher, counts } = countingHasher();
  const hashing = passwords({ hasher, maxConcurrent: 1000 });
  const made = await hashing.hash(PASSWORD);
  const passwordHash = made.ok ? made.hash : '';
  const rows = new Map<string, Row>(
    [
      { subject: 'u1', identifier: 'ada@acme.example', passwordHash },
      { subject: 'u2', identifier: 'bob', passwordHash, disabled: true },
      { subject: 'u3', identifier: 'cyd', passwordHash: null },
    ].map((row) => [row.subject, row]),
  );
  const clock = clockAt();
  const sessions = KINDS[kind]({ store });
  const events: SignInEvent[] = [];
  const errors: unknown[] = [];
  const door = signIn<unknown, unknown, Row, string>({
    path: '/auth',
    sessions: sessions as never,
    passwords: hashing,
    throttle: signInThrottle({ store }),
    users: {
      findByIdentifier: (identifier) => [...rows.values()].find((row) => row.identifier === identifier),
      findBySubject: (subject) => rows.get(subject),
      updatePasswordHash(user, hash) {
        const row = rows.get(user.subject);
        if (!row || row.passwordHash !== user.passwordHash) return false;
        rows.set(user.subject, { ...row, passwordHash: hash });
        return true;
      },
    },
    onEvent: (event) => void events.push(event),
    onError: (error) => void errors.push(error),
    ...more,
  });
  counts.hash = 0;

  /** @param body An object goes as JSON, pairs as a form, text as it is. */
  const ask = async (
    path: string,
    body?: object | URLSearchParams | string,
    {
      browser,
      headers = {},
      method = body === undefined ? 'GET' : 'POST',
      address = '192.0.2.1',
    }: {
      readonly browser?: Browser;
      readonly headers?: Record<string, string>;
      readonly method?: string;
      readonly address?: string | undefined;
    } = {},
  ) => {
    const isForm = body instanceof URLSearchParams;
    const response = await door.fetch(
      new Request(`https://app.example/auth${path}`, {
        method,
        headers: {
          ...(body !== undefined && {
            'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json',
          }),
          ...(browser?.cookies.size && { cookie: browser.header }),
          ...headers,
        },
        ...(body !== undefined && { body: isForm || typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
      clock.context({ address }),
    );
    browser?.take(response.headers.getSetCookie());
    const text = await response.text();
    return {
      status: response.status,
      location: response.headers.get('location'),
      headers: response.headers,
      text,
      body: text.startsWith('{') ? JSON.parse(text) : undefined,
    };
  };
  const signInAs = async (browser = new Browser(), identifier = 'ada@acme.example', password = PASSWORD) => {
    const answer = await ask('/sign-in', { identifier, password }, { browser });
    return { browser, answer };
  };
  return { door, ask, signInAs, rows, clock, sessions, events, errors, counts, store, hashing };
}
