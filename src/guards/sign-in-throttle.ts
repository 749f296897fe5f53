/**
 * Guessing of passwords, slowed down: by account and by address together.
 *
 * @module countersign/sign-in-throttle
 */
import { assertNoOthers } from '../core/assert-no-others.ts';
import { assertWhole } from '../core/assert-whole.ts';
import type { Context } from '../core/context.ts';
import { countingStoreOf, type StoreOption } from '../stores/store-of.ts';
import { assertName } from './assert-name.ts';
import { networksOf } from './networks-of.ts';
import { rateLimit } from './rate-limit.ts';
import { type Counters, countersOf, type Taken, type Wait } from './sign-in-throttle-counters.ts';

export type * from '../stores/contract.ts';

export interface SignInThrottleOptions {
  /** Where attempts are counted: a store with the capability `counters`. On Workers a function: bindings arrive with the request. */
  readonly store: StoreOption<'counters'>;
  /**
   * Keeps this throttle's counters apart from another one's, such as one for second factors: a letter, then up to 31 letters,
   * digits, `-` and `_`. Default `sign-in`.
   */
  readonly name?: string | undefined;
  /** Failures for one account from one network, before there is a wait. Default 5. */
  readonly freeFailures?: number | undefined;
  /** The longest wait between two such failures, in seconds. It begins with 1 and doubles. Default 900. */
  readonly maxDelay?: number | undefined;
  /** Failures for one account in a day, from wherever. Default 100. */
  readonly failuresPerAccount?: number | undefined;
  /** Failures from one network in an hour, for whatever account; ten times as many from 48 bits of IPv6. Default 100. */
  readonly failuresPerNetwork?: number | undefined;
  /** How long an account knows a network or a device after a good password, in seconds. Default 90 days. */
  readonly rememberFor?: number | undefined;
}

/** What of an attempt is known beside the account and the address. */
export interface SignInOrigin {
  /**
   * A text that names the browser or the installation, made at random with 128 bits or more, and known to nobody else: such as the
   * value of a `__Host-` cookie that lasts longer than sessions. It counts for accounts that have signed in with it before.
   */
  readonly device?: string | undefined;
}

export type SignInAttempt =
  | {
      /** The password may be checked. The attempt counts as failed, also if this process ends, unless `succeed` is called. */
      readonly allowed: true;
      /** The password was good. A second call does nothing. @throws What the store throws: an outage. */
      succeed(): Promise<void>;
    }
  | {
      /** Answer with 429, and check nothing: not even whether there is such an account. */
      readonly allowed: false;
      /** When to come again, in seconds from now: for the header `Retry-After`. Others may have used it up by then. */
      readonly retryAfter: number;
      /** For logs: failures for this account from this network or device, from this network, or for this account. */
      readonly limit: 'pair' | 'network' | 'account';
    };

export interface SignInThrottle {
  /**
   * Counts an attempt, before the password is hashed: of any number at the same time no more are allowed than one after the other.
   *
   * @param identifier Whom somebody says to be, normalised: each spelling that finds the same account must be one text here. It is
   *   counted whether or not there is such an account, so nothing is told about it.
   * @param context Its `address` is the client's as the adapter knows it. All whose address is not known share one network.
   * @param origin `device`.
   * @throws What the store throws: an outage, and never a free pass.
   */
  begin(identifier: string, context: Context, origin?: SignInOrigin): Promise<SignInAttempt>;
}

/**
 * Slows down whoever guesses passwords, and lets in whoever they belong to:
 *
 * | counted by | allowed | what it is against |
 * | --- | --- | --- |
 * | account and network | 5 failures, then one after 1 s, 2 s, 4 s, … 15 min | one stranger, one account |
 * | network | 100 failures at once, then 100 an hour | one password for many accounts |
 * | account | 100 failures at once, then 100 a day | many addresses, one account |
 *
 * Nobody's account is shut. While strangers use up what an account allows, a network it has signed in from is still let in, and
 * waits for its own failures alone; a device it has signed in with is let in from wherever. The others have to wait for their
 * turn among the strangers.
 *
 * A good password gives back what its attempt took, and ends the waits of that account on that network. It gives back no failures of
 * others: signing in to an account of one's own would buy guesses at another, and each sign-in of the victim some more.
 *
 * An IPv6 address counts as its network of 64 bits, and beside it as one of 48; every spelling of an address is the same.
 *
 * What it does not do: hide the account from whoever may read the store and can guess its name (the counters have hashes); stop
 * somebody on the victim's own network from using up the victim's attempts there, unless there is a `device`; disable anything
 * after so many failures in a row (NIST SP 800-63B-4 §3.2.2 has 100), which would let anybody shut out anybody; limit how many
 * passwords are hashed at the same time.
 *
 * Three round trips an attempt, four for IPv6, one more with a device; and one for a good password, all at once.
 *
 * @param options `store` at least.
 * @throws TypeError On a bad option, and a store that does not count: with the sentence it says of itself.
 *
 * @example
 * ```ts
 * import { createContext } from 'countersign';
 * import { memoryStore } from 'countersign/memory-store';
 * import { signInThrottle } from 'countersign/sign-in-throttle';
 *
 * const throttle = signInThrottle({ store: memoryStore() });
 *
 * async function signIn(name: string, password: string, address: string): Promise<number> {
 *   const attempt = await throttle.begin(name, createContext({ address }));
 *   if (!attempt.allowed) return 429; // with `retry-after: ${attempt.retryAfter}`
 *   if (password !== 'correct horse') return 401; // a hasher, in earnest
 *   await attempt.succeed();
 *   return 200;
 * }
 * for (let n = 0; n < 5; n++) console.log(await signIn('ada', 'a guess', '203.0.113.9')); // 401
 * console.log(await signIn('ada', 'correct horse', '203.0.113.9')); // 429
 * console.log(await signIn('ada', 'correct horse', '192.0.2.1')); // 200
 * ```
 */
export function signInThrottle(options: SignInThrottleOptions): SignInThrottle {
  const settings = settingsOf(options);

  return {
    async begin(identifier, context, { device } = {}) {
      if (typeof identifier !== 'string') throw new TypeError('identifier: text');
      if (device === '') throw new TypeError('device: not empty');
      const counters = countersOf(settings.storeIn(context), settings.kind, context);
      const [network, wideNetwork] = networksOf(context.address);
      const trusts = device !== undefined && (await counters.knows(identifier, 'device', device));
      const who = { identifier, network, wideNetwork, device: trusts ? device : undefined };
      const taken: Taken[] = [];
      for (const [limit, take] of stepsOf(settings, counters, who)) {
        const took = await take();
        if (!took) continue;
        if ('retryAfter' in took) {
          // Refused it is in any case.
          await Promise.allSettled(taken.map(({ giveBack }) => giveBack()));
          return { allowed: false, retryAfter: took.retryAfter, limit };
        }
        taken.push(took);
      }

      let told = false;
      return {
        allowed: true,
        async succeed() {
          if (told) return;
          told = true;
          const remember = async (what: string, name: string | undefined) =>
            name === undefined ? undefined : counters.remember(settings.rememberFor, identifier, what, name);
          await Promise.all([
            ...taken.map(({ succeed }) => succeed()),
            remember('network', network),
            remember('device', device),
          ]);
        },
      };
    },
  };
}

interface Who {
  readonly identifier: string;
  readonly network: string | undefined;
  readonly wideNetwork: string | undefined;
  /** If the account knows it. */
  readonly device: string | undefined;
}

type Step = readonly ['pair' | 'network' | 'account', () => Promise<Taken | Wait | undefined>];

/** What is counted, in this order: who has used up a network's failures adds no counters by making up names. */
function stepsOf(
  { free, maxDelay, perNetwork, perWideNetwork, perAccount }: Settings,
  counters: Counters,
  { identifier, network, wideNetwork, device }: Who,
): readonly Step[] {
  // By its own failures alone: no neighbour stops it, nor who guesses at the account from elsewhere.
  if (device) return [['pair', () => counters.takeDelayed(free, maxDelay, identifier, 'device', device)]];
  // One for all whose address is not known: each with one of their own would be a free pass.
  const place = network ?? 'unknown';
  const ofAccount = async (): Promise<Taken | Wait | undefined> => {
    const took = await counters.takeOf(perAccount, identifier);
    if (!('retryAfter' in took) || !network) return took;
    // Asked only now: as long as there is room for all, it would be a round trip for nothing.
    return (await counters.knows(identifier, 'network', network)) ? undefined : took;
  };
  return [
    ['network', () => counters.takeOf(perNetwork, place)],
    ['network', async () => (wideNetwork ? counters.takeOf(perWideNetwork, wideNetwork) : undefined)],
    ['pair', () => counters.takeDelayed(free, maxDelay, identifier, 'network', place)],
    ['account', ofAccount],
  ];
}

type Settings = ReturnType<typeof settingsOf>;

/** @throws TypeError Naming the option. */
function settingsOf({
  store,
  name = 'sign-in',
  freeFailures = 5,
  maxDelay = 900,
  failuresPerAccount = 100,
  failuresPerNetwork = 100,
  rememberFor = 90 * 86_400,
  ...others
}: SignInThrottleOptions) {
  assertNoOthers(others);
  assertName(name);
  const numbers = { freeFailures, maxDelay, failuresPerAccount, failuresPerNetwork, rememberFor };
  const most = { freeFailures: 100, maxDelay: 86_400, rememberFor: 3650 * 86_400 };
  for (const [option, value] of Object.entries(numbers)) {
    const max = (most as Readonly<Record<string, number>>)[option] ?? 1e6;
    assertWhole(option, value, 1, max);
  }
  return {
    storeIn: countingStoreOf(store),
    kind: `throttle.${name}`,
    free: freeFailures,
    maxDelay,
    rememberFor,
    perNetwork: rateLimit({ name: 'network', requests: failuresPerNetwork, per: 3600 }),
    // One customer may have all of it, or hundreds share it.
    perWideNetwork: rateLimit({ name: 'wide', requests: 10 * failuresPerNetwork, per: 3600 }),
    perAccount: rateLimit({ name: 'account', requests: failuresPerAccount, per: 86_400 }),
  };
}
