import type { Context, RequestLike } from '../../src/index.ts';
import { createContext } from '../../src/index.ts';
import { sealedSession } from '../../src/schemes/sealed-session.ts';
import { type SessionOptions, session } from '../../src/schemes/session.ts';
import type { Sessions } from '../../src/session/types.ts';
import type { Store } from '../../src/stores/contract.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { requestOf } from './request.ts';

export const SECRET = 'a secret for tests, of 32 bytes..';
export const START = 1_800_000_000;

/** A clock that is moved by hand, with the platform's dice. */
export function clockAt(now = START): { now: number; context(more?: Partial<Context>): Context } {
  const clock = { now, context: (more?: Partial<Context>) => createContext({ now: clock.now, ...more }) };
  return clock;
}

/** A user of the application, whose data is any JSON. */
export interface Person {
  readonly name: string;
}
export type AnyData = unknown;
export type AnySessions = Sessions<string, Person, AnyData>;
type Options = Partial<SessionOptions<string, Person, AnyData>> & { readonly maxStaleness?: number };

export const load: SessionOptions<string, Person, AnyData>['load'] = ({ subject }) => ({ name: subject });

/** Both kinds, so that what holds for sessions is tested of both. */
export const KINDS = {
  stored: (options: Options = {}): AnySessions =>
    session<Person, AnyData, string>({ secret: SECRET, store: memoryStore(), load, ...options }),
  sealed: (options: Options = {}): AnySessions =>
    sealedSession<Person, AnyData, string>({ secret: SECRET, store: memoryStore(), load, ...options }),
} as const;

export const kinds = Object.entries(KINDS) as [keyof typeof KINDS, (options?: Options) => AnySessions][];

type Verb = Exclude<keyof Store, 'capabilities'>;

/** A store that counts what it is asked; what a verb is to do instead can be put in its place. */
export function countingStore(inner: Store = memoryStore()): Store & {
  readonly counts: Record<Verb, number>;
  readonly total: number;
  reset(): void;
} {
  const counts = { create: 0, read: 0, swap: 0, touch: 0, delete: 0, list: 0, endAll: 0, epoch: 0, advance: 0 };
  const verbs = Object.keys(counts) as Verb[];
  const counted = Object.fromEntries(
    verbs.map((verb) => [
      verb,
      (...values: unknown[]) => {
        counts[verb]++;
        return (inner[verb] as (...given: unknown[]) => unknown)(...values);
      },
    ]),
  ) as unknown as Store;
  return {
    ...counted,
    capabilities: inner.capabilities,
    counts,
    get total() {
      return Object.values(counts).reduce((sum, count) => sum + count);
    },
    reset() {
      for (const verb of verbs) counts[verb] = 0;
    },
  };
}

/** A store whose every verb takes some turns of the event queue before and after it does its work, as a remote one does. */
export function slowStore(inner: Store, turns: () => number = () => Math.floor(Math.random() * 4)): Store {
  const wait = async (): Promise<void> => {
    for (let turn = turns(); turn > 0; turn--) await null;
  };
  return new Proxy(inner, {
    get: (target, verb: keyof Store) =>
      verb === 'capabilities'
        ? target.capabilities
        : async (...values: unknown[]): Promise<unknown> => {
            await wait();
            const answer = await (target[verb] as (...given: unknown[]) => unknown)(...values);
            await wait();
            return answer;
          },
  });
}

/** A browser's cookies, by name: as much of one as a session needs. */
export class Browser {
  readonly cookies = new Map<string, string>();

  /** The lines of `Set-Cookie`, or effects. */
  take(lines: readonly (string | { readonly header: string; readonly value: string })[]): this {
    for (const line of lines) {
      if (typeof line !== 'string' && line.header !== 'set-cookie') continue;
      const text = typeof line === 'string' ? line : line.value;
      const [pair = '', ...attributes] = text.split('; ');
      const [name = '', value = ''] = pair.split(/=(.*)/);
      if (attributes.includes('Max-Age=0')) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return this;
  }

  get header(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  request(method = 'GET'): RequestLike {
    return requestOf(this.cookies.size ? { cookie: this.header } : {}, { method });
  }
}
