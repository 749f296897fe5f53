/** @module countersign/cloudflare-sockets */
import type { Facts, MaybePromise, Outcome } from '../src/index.ts';

export interface CloseOnExpiryOptions {
  /** Decides once more at the expiry, such as `() => sessions.authenticate(request, context())`. Default: nobody does. */
  readonly again?: (() => MaybePromise<Outcome>) | undefined;
  /** Has it decide every so many seconds, too, so that a sign-out ends the socket. Default: at the expiry alone. */
  readonly every?: number | undefined;
}

/**
 * Closes a socket when the credential expires that opened it, unless `again` accepts. The code is 3000, "Unauthorized" of IANA's
 * registry; where `again` throws it is 1013, "Try Again Later", and not before the expiry. For a socket that is held by `accept()`:
 * timers don't survive hibernation, for which there is {@link closeExpired}.
 */
export function closeOnExpiry(
  socket: { close(code: number, reason: string): void; addEventListener(type: 'close', heard: () => void): void },
  { expiresAt: end = Infinity }: Facts,
  { again, every = Infinity }: CloseOnExpiryOptions = {},
): void {
  let timer: ReturnType<typeof setTimeout>;
  let isOpen = true;
  const check = async (): Promise<void> => {
    let code = 0;
    try {
      const outcome = await again?.();
      if (outcome?.kind === 'accepted') end = outcome.expiresAt ?? Infinity;
      else if (outcome || Date.now() / 1000 >= end) code = 3000;
    } catch {
      if (Date.now() / 1000 >= end) code = 1013;
    }
    if (isOpen) code ? socket.close(code, '') : wait();
  };
  const wait = (): void => {
    // Not less than a second, where clocks differ; and a timer has 2^31 milliseconds at most.
    const seconds = Math.min(Math.max(1, Math.min(end - Date.now() / 1000, every)), 2e6);
    timer = setTimeout(check, seconds * 1000);
  };
  if (Math.min(end, every) < Infinity) wait();
  socket.addEventListener('close', () => {
    isOpen = false;
    clearTimeout(timer);
  });
}

/**
 * The same for sockets that hibernate, by their attachments: `serializeAttachment({ expiresAt })`. For `alarm()`, and for after each
 * `acceptWebSocket`. @returns When the next one expires, for `setAlarm`.
 */
export function closeExpired(
  sockets: Iterable<{ close(code: number, reason: string): void; deserializeAttachment(): unknown }>,
): number | undefined {
  let next = Infinity;
  for (const socket of sockets) {
    const { expiresAt = Infinity } = (socket.deserializeAttachment() ?? {}) as Facts;
    if (expiresAt * 1000 <= Date.now()) socket.close(3000, '');
    else next = Math.min(next, expiresAt * 1000);
  }
  return next < Infinity ? next : undefined;
}
