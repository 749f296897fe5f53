import { createContext, protect } from '../../src/index.ts';
import { session } from '../../src/schemes/session.ts';
import type { Store } from '../../src/stores/contract.ts';
import { Browser, SECRET } from '../support/sessions.ts';

const COUNTER = { kind: 'limit', partition: 'p', id: 'requests' };
/** For each second that passes so many pass for the application: what is read is renewed while it runs. */
const HASTE = 600;
/** Longer than a server is down and its driver waits, and half of it shorter than a test. */
const IDLE = 12 * HASTE;

/** An application with sessions, which keeps count of what it acknowledged. */
export function applicationOn(store: Store) {
  const began = Date.now() / 1000;
  const context = () => createContext({ now: began + (Date.now() / 1000 - began) * HASTE });
  const sessions = session({ secret: SECRET, store, load: ({ subject }) => ({ name: subject }) });
  /** By subject, the last number that was written and acknowledged. */
  const written = new Map<string, number>();
  let last = 0;
  const home = protect(
    sessions,
    async ({ method }, accepted) => {
      if (method === 'GET') return new Response();
      const number = ++last;
      const done = await sessions.update(accepted, { label: `${number}` }, context()).catch(() => undefined);
      if (done) written.set(accepted.session.subject, number);
      return new Response();
    },
    { context },
  );
  const signIn = async (subject: string, lifetime?: { readonly idle: number }): Promise<Browser> => {
    const browser = new Browser();
    return browser.take((await sessions.issue(browser.request(), { subject, lifetime }, context())).effects);
  };
  const sessionOf = async (subject: string) => (await sessions.list(subject, {}, context())).sessions[0];
  return {
    signIn,
    /** Signed out soon, unless they go on. */
    signInVisitor: (subject: string) => signIn(subject, { idle: IDLE }),
    visit: async (browser: Browser, method = 'GET'): Promise<number> =>
      (await home(browser.request(method) as Request)).status,
    signOut: (browser: Browser) => sessions.signOut(browser.request(), {}, context()),
    wasRenewed: async (subject: string) => {
      const { usedAt = 0, createdAt = 0 } = (await sessionOf(subject)) ?? {};
      return usedAt > createdAt;
    },
    /** Of whom so much was acknowledged, and who has less now. */
    async written() {
      const lost: string[] = [];
      for (const [subject, number] of written) {
        // What was not acknowledged may have been written after it.
        if (!(Number((await sessionOf(subject))?.label) >= number)) lost.push(subject);
      }
      return { subjects: written.size, lost };
    },
    async count(by: 0 | 1): Promise<number> {
      const now = Math.floor(began);
      // Not swept by the clock that makes haste.
      const expiresAt = now + 3600 * HASTE;
      return (await store.advance(COUNTER, { floor: 0, by, ceiling: 1e9, expiresAt }, now)).value;
    },
  };
}

export type Application = ReturnType<typeof applicationOn>;
/** `between`: it is going down or coming up. */
export type Phase = 'up' | 'between' | 'down';

/** What was done, as far as whoever did it was told. */
interface Told {
  /** By phase, with which statuses visits were answered that began and ended in it. */
  readonly statuses: Readonly<Record<Phase, Set<number>>>;
  readonly visits: Record<Phase, number>;
  readonly signedIn: Browser[];
  readonly signedOut: Browser[];
  counted: number;
  failed: number;
}

/** Visits, of which every other one writes, sign-ins, sign-outs and counts at once, until it is told to stop. */
export function underLoad(application: Application, visitors: readonly Browser[]) {
  const told: Told = {
    statuses: { up: new Set(), between: new Set(), down: new Set() },
    visits: { up: 0, between: 0, down: 0 },
    signedIn: [],
    signedOut: [],
    counted: 0,
    failed: 0,
  };
  let [phase, isOn]: [Phase, boolean] = ['up', true];
  const forever = async (act: (turn: number) => Promise<unknown>): Promise<void> => {
    for (let turn = 0; isOn; turn++) {
      await act(turn).catch(() => told.failed++);
      await new Promise((resolve) => setTimeout(resolve));
    }
  };
  const visit = async (browser: Browser, method: string): Promise<void> => {
    const before = phase;
    const status = await application.visit(browser, method);
    const during = before === phase ? phase : 'between';
    told.statuses[during].add(status);
    told.visits[during]++;
  };
  const running = Promise.all([
    ...visitors.map((browser, index) => forever(() => visit(browser, index % 2 ? 'POST' : 'GET'))),
    forever(async (turn) => told.signedIn.push(await application.signIn(`new ${turn}`))),
    forever(async (turn) => {
      const browser = await application.signIn(`passing ${turn}`);
      await application.signOut(browser);
      told.signedOut.push(browser);
    }),
    forever(async () => {
      await application.count(1);
      told.counted++;
    }),
  ]);
  return {
    told,
    enter(next: Phase): void {
      phase = next;
    },
    async stop(): Promise<void> {
      isOn = false;
      await running;
    },
  };
}
