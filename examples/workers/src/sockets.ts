import { any, createContext, type Facts } from 'countersign';
import { protectWorker } from 'countersign/cloudflare';
import { closeOnExpiry } from 'countersign/cloudflare-sockets';
import { socketTickets } from 'countersign/cloudflare-tickets';
import type { Store } from 'countersign/durable-object-store';
import { opaqueTokens } from 'countersign/opaque-tokens';
import type { Sessions } from './people.ts';
import type { ByToken } from './programs.ts';
import { secret } from './secret.ts';
import type { Users } from './users.ts';

/** Sockets: by the cookie of our own page, or by a ticket, which whoever has a cookie or a token gets. */
export function sockets(store: Store, users: Users, sessions: Sessions, byToken: ByToken) {
  const tokens = opaqueTokens<Facts>({ store, prefix: 'ticket', expiresIn: 30 });
  const tickets = socketTickets(tokens, users.findBySubject);
  return {
    newTicket: protectWorker(any(sessions, byToken), async (_request, accepted) =>
      secret({ ticket: await tickets.issue(accepted) }),
    ),
    socket: protectWorker(any(tickets, sessions), (request, accepted) => {
      if (request.headers.get('upgrade') !== 'websocket') return new Response(null, { status: 426 });
      const { 0: theirs, 1: ours } = new WebSocketPair();
      ours.accept();
      ours.addEventListener('message', ({ data }) => ours.send(`${accepted.principal.name} says ${data}`));
      // A cookie can be looked at again, so that a sign-out ends the socket; a ticket is used up.
      const again = () => sessions.authenticate(request, createContext({ deliverable: false }));
      closeOnExpiry(ours, accepted, accepted.scheme === 'session' ? { again, every: 60 } : {});
      return new Response(null, { status: 101, webSocket: theirs });
    }),
  };
}
