import type { HeldToken } from './held-token.ts';

/** What a tab tells the others of its origin. */
export interface TabMessage {
  /** Of a refresh that has begun: whoever has to repeat it sends the same. */
  readonly attempt?: string;
  readonly held?: HeldToken;
  /** Whether `held` is of a sign-in, and not of a refresh that may have been overtaken by a sign-out. */
  readonly isNew?: boolean;
  readonly isOver?: boolean;
}

/** Whether there may be other tabs: in a page, or a worker of one. Node has channels, and some set up a `location` on React Native. */
export const isPage = (): boolean => !!(globalThis.location && globalThis.BroadcastChannel);

/**
 * Tells other tabs, and hears of them.
 *
 * @returns `undefined` where there are no tabs: elsewhere an open channel would keep the process from ending.
 */
export function openTabChannel(name: string, hear: (message: TabMessage) => void): BroadcastChannel | undefined {
  if (!isPage()) return undefined;
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }) => hear(data);
  return channel;
}
