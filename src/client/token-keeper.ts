import { exclusively } from './exclusively.ts';
import { type HeldToken, heldTokenOf } from './held-token.ts';
import { openTabChannel, type TabMessage } from './tab-channel.ts';
import type { ClientStorage, TokenClient } from './token-client-types.ts';

/**
 * How long whoever had to wait for another tab's lock waits for its token besides, in milliseconds. The two come by different ways,
 * in any order.
 */
const PATIENCE = 100;

export interface TokenKeeper extends Omit<TokenClient, 'fetch'> {
  /** It was refused: nobody gets it any more. */
  refuse(token: string): void;
}

type Ask = (
  path: 'token' | 'revoke',
  fields: Readonly<Record<string, string | undefined>>,
) => Promise<Readonly<Record<string, unknown>> | undefined>;

/** What is in the storage. */
interface Kept {
  readonly refresh_token?: string | undefined;
  /** Of a refresh that has had no answer. */
  readonly attempt?: string | undefined;
}

/**
 * Who is signed in here: one access token, and how to get the next.
 *
 * @param name The same in all tabs: of the channel and of the lock.
 */
export function tokenKeeper(
  name: string,
  isCookie: boolean,
  storage: ClientStorage,
  now: () => number,
  onSignOut: () => unknown,
  ask: Ask,
): TokenKeeper {
  let held: HeldToken | undefined;
  /** Of a refresh, here or in another tab, that has had no answer. */
  let attempt: string | undefined;
  /** As opposed to: not known yet. */
  let isOver = false;
  /** Grows with each sign-in and sign-out. What was begun before one of them must not count after it. */
  let epoch = 0;
  let flight: Promise<string | undefined> | undefined;
  /** The refresh token of a sign-in that has ended here, and not yet at the server. */
  let leaving: string | undefined;
  let wake: (() => void) | undefined;

  const begin = (over: boolean): void => {
    epoch++;
    isOver = over;
    held = attempt = flight = undefined;
  };
  const end = (isNews: unknown): void => {
    // Not called from here, so that nothing it throws keeps the server from being told.
    if (isNews && !isOver) queueMicrotask(onSignOut);
    begin(true);
  };
  let channel = openTabChannel(name, (message) => {
    if (message.isOver) end(true);
    if (message.isNew) begin(false);
    attempt = message.attempt ?? attempt;
    // A tab that was signed out stays so when an answer to a refresh from before comes in late.
    if (message.held && !isOver) {
      held = message.held;
      attempt = undefined;
    }
    if (!message.attempt) wake?.();
  });
  const tell = (message: TabMessage): void => channel?.postMessage(message);
  /** Each time: another process may have been there. */
  const read = async (): Promise<Kept> => {
    const text = await storage.get();
    try {
      return Object(JSON.parse(text as string));
    } catch {
      // Nothing, or nothing of ours.
      return {};
    }
  };
  const write = async (kept: Kept): Promise<void> => {
    const text = JSON.stringify(kept);
    await storage.set(text === '{}' ? undefined : text);
  };
  /** @param margins 1: the token if it need not be refreshed yet. 0: to its very end. */
  const usable = (margins: 0 | 1): string | undefined =>
    held && now() < held.expiresAt - margins * held.margin ? held.token : undefined;

  /** One refresh. @returns Whether another process has signed in or out meanwhile: then all is to be read again. */
  const refresh = async (): Promise<boolean> => {
    const begun = epoch;
    const stored = await read();
    if (epoch !== begun) return false;
    const presented = isCookie ? undefined : stored.refresh_token;
    if (!isCookie && !presented) {
      // Another process has signed out; or nobody was signed in.
      end(held);
      return false;
    }
    // Random, in characters of base64url.
    attempt = stored.attempt ?? attempt ?? crypto.getRandomValues(new Uint32Array(5)).join('-');
    // Before the request leaves. A crash, or a laptop that sleeps for a night, may lose the answer, and then the same token is good
    // only with the same attempt.
    await write({ refresh_token: presented, attempt });
    tell({ attempt });
    const sentAt = now();
    const body = await ask('token', { grant_type: 'refresh_token', refresh_token: presented, attempt });
    // What has no answer to it keeps its attempt: the server may have done its work.
    const next = body && heldTokenOf(body, sentAt);
    const latest = await read();
    // Late: whoever signed out stays signed out, and whoever signed in again has another token.
    if (epoch !== begun) return false;
    attempt = undefined;
    // What another process has put there is not ours to overwrite.
    if (!isCookie && latest.refresh_token !== presented) return true;
    const wasSignedIn = held ?? presented;
    if (next) {
      held = next;
      tell({ held });
    } else {
      end(wasSignedIn);
      if (wasSignedIn) tell({ isOver });
    }
    await write({ refresh_token: body && presented && ((body.refresh_token as string | undefined) || presented) });
    return false;
  };

  const renew = async (): Promise<string | undefined> => {
    const begun = epoch;
    try {
      await exclusively(name, async (hadToWait) => {
        if (channel) {
          await new Promise<void>((resolve) => {
            wake = resolve;
            setTimeout(resolve, hadToWait ? PATIENCE : 0);
          });
        }
        while (!usable(1) && epoch === begun && (await refresh()));
      });
    } catch (error) {
      // While no other is to be had, the one that is there is good to its end.
      if (!usable(0)) throw error;
    } finally {
      flight = undefined;
    }
    return held?.token;
  };

  return {
    async token() {
      if (isOver && (channel || isCookie)) return undefined;
      const token = usable(1);
      if (token) return token;
      flight ??= renew();
      return flight;
    },
    refuse(token) {
      if (held?.token === token) held = { ...held, expiresAt: 0 };
    },
    async accept(tokens) {
      const next = heldTokenOf({ ...tokens }, now());
      const { refresh_token } = tokens;
      // One of the other delivery could not be refreshed.
      if (!!refresh_token === isCookie) throw new TypeError('delivery: other');
      begin(false);
      leaving = undefined;
      held = next;
      tell({ held, isNew: true });
      await write({ refresh_token });
    },
    async signOut() {
      const before = read();
      end(true);
      tell({ isOver });
      const begun = epoch;
      try {
        leaving = (await before).refresh_token ?? leaving;
        if (epoch === begun) await write({});
      } finally {
        if (isCookie || leaving) await ask('revoke', { token: leaving });
      }
      leaving = undefined;
    },
    close() {
      channel?.close();
      channel = undefined;
    },
  };
}
