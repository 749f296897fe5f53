/** @module countersign/cloudflare-tickets */
import type { Accepted, Authenticator, Context, Facts, MaybePromise, RejectReason } from '../src/index.ts';
import { ABSENT, accept, reject } from '../src/index.ts';

export type SocketTicket = { readonly subject: string; readonly data: Facts };
export type SocketTicketResult = { readonly principal: SocketTicket } | RejectReason | undefined;
/** What `opaqueTokens<Facts>` makes, as far as it is used. */
export interface SocketTicketTokens {
  issue(ticket: SocketTicket, context?: Context): Promise<{ readonly token: string }>;
  verify(token: string, context: Context): MaybePromise<SocketTicketResult>;
  revokeToken(token: string, context?: Context): Promise<boolean>;
}

export interface SocketTickets<P> extends Authenticator<Accepted<'ticket', P>> {
  /** A ticket for whoever was accepted, to be answered to the page. It ends no later than their credential. */
  issue(accepted: Accepted, context?: Context): Promise<string>;
}

/**
 * WebSockets from a browser, which sends no header of a page's with them: a page asks for a ticket by `POST`, and opens `?ticket=…`.
 * It is good for one upgrade and nothing else, so one that is found in a log opens nothing. The socket knows of the credential what
 * was known when the ticket was issued. A sign-out in between does not end the ticket: let `expiresIn` be half a minute.
 *
 * @example
 * ```ts
 * import type { Facts } from 'countersign';
 * import { socketTickets } from 'countersign/cloudflare-tickets';
 * import { memoryStore } from 'countersign/memory-store';
 * import { opaqueTokens } from 'countersign/opaque-tokens';
 *
 * const tokens = opaqueTokens<Facts>({ store: memoryStore(), prefix: 'ticket', expiresIn: 30 });
 * export const tickets = socketTickets(tokens, (subject) => ({ name: subject }));
 * ```
 */
export function socketTickets<P>(
  tokens: SocketTicketTokens,
  load: (subject: string, context: Context) => MaybePromise<P | null | undefined>,
): SocketTickets<P> {
  return {
    schemes: ['ticket'],
    carriers: [{ isIn: ({ url, headers }) => /[?&]ticket=/.test(url) && headers.get('upgrade') !== null }],
    challenge: () => ['Ticket realm="socket"'],
    issue: async ({ subject = '', scopes, expiresAt, authTime, amr, acr, credentialId }, context) =>
      (await tokens.issue({ subject, data: { scopes, expiresAt, authTime, amr, acr, credentialId } }, context)).token,
    async authenticate({ url, headers }, context) {
      const [ticket, ...more] = headers.get('upgrade') === null ? [] : new URL(url).searchParams.getAll('ticket');
      if (ticket === undefined) return ABSENT;
      if (more.length) return reject('ticket', 'malformed', { status: 400 });
      const result = await tokens.verify(ticket, context);
      if (typeof result !== 'object') return reject('ticket', result ?? 'invalid');
      // Of those who come with one ticket, at the same time or later, one is told `true`.
      if (!(await tokens.revokeToken(ticket, context))) return reject('ticket', 'replayed');
      const { subject, data } = result.principal;
      if ((data.expiresAt ?? Infinity) <= context.now) return reject('ticket', 'expired');
      const principal = (await load(subject, context)) ?? undefined;
      return principal === undefined ? reject('ticket', 'revoked') : accept('ticket', principal, { ...data, subject });
    },
  };
}
