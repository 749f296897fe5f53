import { describeRefusal } from '../../../src/core/describe-refusal.ts';
import { normalizeIdentifier } from '../../../src/endpoints/sign-in.ts';
import { limits, rateLimit } from '../../../src/guards/limits.ts';
import { visitor } from '../../../src/guards/visitor.ts';
import { protect } from '../../../src/index.ts';
import { formOf } from '../form.ts';
import { fromServer } from '../from-server.ts';
import { redirect } from '../layout.ts';
import type { Handler, LogEvent } from '../panel.ts';
import type { DemoParts } from '../parts.ts';
import { deviceOf } from '../sessions/device.ts';
import { PASSWORD_FAILURES } from './new-password.ts';
import { registerPage } from './register-page.ts';

const MAX_NAME = 100;
const NO_IDENTIFIER = 'Nobody can have that user name: letters, digits, and . - _ @ between them.';

/** The form, and where it goes. */
export function registerRoutes(
  { store, people, hashing, sessions }: DemoParts,
  onEvent: LogEvent,
): ReadonlyMap<string, Handler> {
  const add = async (field: (name: string) => string): Promise<string | { readonly subject: string }> => {
    // As the door looks it up: else somebody registers another spelling of a name that is somebody else's.
    const username = normalizeIdentifier(field('identifier'));
    if (username === undefined) return NO_IDENTIFIER;
    const name = field('name').trim() || username;
    if (name.length > MAX_NAME || /[\p{Cc}\p{Cs}]/u.test(name))
      return `A name is one line of ${MAX_NAME} characters at most.`;
    const made = await hashing.hash(field('password'));
    if (!made.ok) return PASSWORD_FAILURES.get(made.reason) as string;
    // Not the user name: that could become somebody else's one day, and with it what was issued to it.
    const subject = crypto.randomUUID();
    const isAdded = await people.add({ subject, username, name, role: 'reader' }, made.hash);
    // It tells who has an account. Without mail to confirm an address by, a registration cannot help that.
    return isAdded ? { subject } : 'That user name is taken.';
  };

  // Each costs a hash, so an address gets a number of them. Another site must not sign a person in as somebody it has made.
  const perAddress = rateLimit({ name: 'register', requests: 30, per: 3600, by: 'address' });
  const register: Handler = protect(
    limits(visitor, { store, limits: [perAddress] }),
    async (request: Request) => {
      const field = await formOf(request);
      const added = await add(field);
      if (typeof added === 'string') {
        return registerPage({ identifier: field('identifier'), name: field('name'), failure: added });
      }
      const device = deviceOf(request.headers.get('user-agent'));
      const { applyTo } = await sessions.issue(request, { ...added, device, amr: ['pwd'] });
      return applyTo(redirect('/account'));
    },
    { refuse: describeRefusal, onEvent, context: fromServer },
  );
  return new Map<string, Handler>([
    [
      '/register',
      async (request, context) => (request.method === 'POST' ? register(request, context) : registerPage()),
    ],
  ]);
}
