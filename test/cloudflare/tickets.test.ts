import {
  type Accepted,
  type AuthEvent,
  type Authenticator,
  accept,
  any,
  createContext,
  type Facts,
  protect,
} from 'countersign';
import { basic } from 'countersign/basic';
import { socketTickets } from 'countersign/cloudflare-tickets';
import { memoryStore } from 'countersign/memory-store';
import { opaqueTokens } from 'countersign/opaque-tokens';
import { session } from 'countersign/session';
import { faultyStore } from 'countersign/testing';
import { describe, expect, test } from 'vitest';

const START = 1_800_000_000;
const PAGE: Accepted = accept('session', null, {
  subject: 'ada',
  ambient: true,
  scopes: ['chat'],
  expiresAt: START + 600,
  authTime: START - 60,
  credentialId: 's1',
});

function door({ fault }: { readonly fault?: 'reject' } = {}) {
  const store = memoryStore();
  const plan: { delete?: 'reject' } = fault ? { delete: fault } : {};
  const tokens = opaqueTokens<Facts>({ store: faultyStore(store, plan), prefix: 'ticket', expiresIn: 30 });
  const users = new Map([['ada', { name: 'Ada' }]]);
  const tickets = socketTickets(tokens, (subject) => users.get(subject));
  const sessions = session({ secret: 'a secret for tests, of 32 bytes..', store, load: () => ({ name: 'Ada' }) });
  const clock = { now: START };
  const events: AuthEvent[] = [];
  let seen: Accepted | undefined;
  const open = protect(
    any(sessions, tickets),
    (_request: Request, accepted) => {
      seen = accepted;
      return new Response(accepted.principal.name);
    },
    { context: () => ({ now: clock.now }), onEvent: (event) => void events.push(event) },
  );
  return {
    users,
    clock,
    events,
    seen: () => seen,
    issue: (page = PAGE) => tickets.issue(page, createContext({ now: clock.now })),
    open: (query: string, headers: object = { upgrade: 'websocket' }) =>
      open(new Request(`https://app.example/socket?${query}`, { headers: { ...headers } })),
  };
}

describe('a ticket', () => {
  test('opens one socket, which knows what was known of the credential', async () => {
    const { issue, open, seen, events } = door();
    const ticket = await issue();
    expect(await (await open(`room=1&ticket=${ticket}`)).text()).toBe('Ada');
    const { subject, scopes, expiresAt, authTime, credentialId } = PAGE;
    expect(seen()).toMatchObject({
      scheme: 'ticket',
      ambient: false,
      subject,
      scopes,
      expiresAt,
      authTime,
      credentialId,
    });
    expect((await open(`ticket=${ticket}`)).status).toBe(401);
    expect(events.at(-1)).toMatchObject({ type: 'rejected', scheme: 'ticket' });
  });

  test('opens one of many that come at the same time', async () => {
    const { issue, open } = door();
    for (let round = 0; round < 20; round++) {
      const ticket = await issue();
      const answers = await Promise.all(Array.from({ length: 10 }, () => open(`ticket=${ticket}`)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    }
  });

  test('is nothing to a request that is no upgrade, and is not used up by it', async () => {
    const { issue, open } = door();
    const ticket = await issue();
    const response = await open(`ticket=${ticket}`, {});
    expect(response.headers.get('www-authenticate')).toBe('Session realm="session", Ticket realm="socket"');
    expect([response.status, (await open(`ticket=${ticket}`)).status]).toEqual([401, 200]);
  });

  test('is no second credential of a request that is no upgrade', async () => {
    const tickets = socketTickets(opaqueTokens<Facts>({ store: memoryStore(), prefix: 'ticket' }), () => ({}));
    const staff = basic({ realm: 'Staff', users: [{ username: 'ada', plaintextPassword: 'correct horse' }] });
    const ticket = await tickets.issue(PAGE);
    const open = async (by: Authenticator, headers: HeadersInit): Promise<number> => {
      const request = new Request(`https://app.example/?ticket=${ticket}`, { headers });
      return (await protect(by, () => new Response())(request)).status;
    };
    const authorization = `Basic ${btoa('ada:correct horse')}`;
    expect(await open(any(staff, tickets), { authorization })).toBe(200);
    expect(await open(tickets, {})).toBe(401);
    expect(await open(any(staff, tickets), { authorization, upgrade: 'websocket' })).toBe(400);
  });

  test('needs no look at the site that sent it', async () => {
    const { issue, open } = door();
    const from = { upgrade: 'websocket', origin: 'https://other.example', 'sec-fetch-site': 'cross-site' };
    expect((await open(`ticket=${await issue()}`, from)).status).toBe(200);
  });

  test.each([
    ['one that nobody issued', async () => 'ticket=ticket_x', 'malformed', 401],
    ['none', async () => 'ticket=', 'invalid', 401],
    ['two', async ({ issue }) => `ticket=${await issue()}&ticket=${await issue()}`, 'malformed', 400],
    [
      'one that is half a minute old',
      async ({ issue, clock }) => {
        const ticket = await issue();
        clock.now += 30;
        return `ticket=${ticket}`;
      },
      'invalid',
      401,
    ],
    [
      'one of a credential that has expired since',
      async ({ issue, clock }) => {
        const ticket = await issue({ ...PAGE, expiresAt: START + 10 });
        clock.now += 10;
        return `ticket=${ticket}`;
      },
      'expired',
      401,
    ],
    [
      'one of a user who is gone',
      async ({ issue, users }) => {
        const ticket = await issue();
        users.clear();
        return `ticket=${ticket}`;
      },
      'revoked',
      401,
    ],
  ] as readonly (readonly [string, (made: ReturnType<typeof door>) => Promise<string>, string, number])[])(
    'refuses %s',
    async (_name, make, reason, status) => {
      const made = door();
      expect((await made.open(await make(made))).status).toBe(status);
      expect(made.events.at(-1)).toMatchObject({ type: 'rejected', scheme: 'ticket', reason });
    },
  );

  test('is not issued to nobody', async () => {
    await expect(door().issue(accept('anonymous', null))).rejects.toThrow('subject');
  });

  test('a store that can’t say who was first is an outage', async () => {
    const { issue, open } = door({ fault: 'reject' });
    expect((await open(`ticket=${await issue()}`)).status).toBe(503);
  });
});
