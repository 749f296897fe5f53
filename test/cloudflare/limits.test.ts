import { type AuthEvent, any, optional, type ProtectOptions, protect, reject } from 'countersign';
import { basic } from 'countersign/basic';
import { type LimitedByBindingOptions, limitedByBinding } from 'countersign/cloudflare-limits';
import { memoryStore } from 'countersign/memory-store';
import { session } from 'countersign/session';
import { describe, expect, test, vi } from 'vitest';

const users = ['ada', 'bob'].map((username) => ({ username, plaintextPassword: 'correct horse' }));
const staff = basic({ realm: 'Staff', users });
const as = (username: string, password = 'correct horse') => ({
  authorization: `Basic ${btoa(`${username}:${password}`)}`,
});

/** Lets so many through for each key. */
function bindingOf(most: number) {
  const counts = new Map<string, number>();
  const limit = vi.fn(async ({ key }: { key: string }) => {
    counts.set(key, (counts.get(key) ?? 0) + 1);
    return { success: (counts.get(key) ?? 0) <= most };
  });
  return { limit, keys: () => [...counts.keys()] };
}

type By = LimitedByBindingOptions<import('countersign').Accepted>['by'];

function door(by: By, most = 2, authenticator: import('countersign').Authenticator = staff) {
  const binding = bindingOf(most);
  const events: AuthEvent[] = [];
  const options: ProtectOptions<Request, [address?: string]> = {
    context: (_request, address) => ({ address }),
    onEvent: (event) => void events.push(event),
  };
  const limited = limitedByBinding(authenticator, { binding, period: 10, by });
  const open = protect(limited, (_request: Request, _accepted, _address?: string) => new Response('ok'), options);
  const ask = (headers: object = {}, address: string | undefined = '192.0.2.1') =>
    open(new Request('https://app.example/', { headers: { ...headers } }), address);
  const statuses = async (times: number, headers?: object, address?: string) => {
    const all: number[] = [];
    while (all.length < times) all.push((await ask(headers, address)).status);
    return all;
  };
  return { binding, events, ask, statuses, limited };
}

describe('limitedByBinding', () => {
  test('by a name: each caller by itself, and then a 429 with Retry-After and no challenge', async () => {
    const { ask, statuses, events } = door(({ subject }) => subject);
    expect(await statuses(3, as('ada'))).toEqual([200, 200, 429]);
    const response = await ask(as('ada'));
    const names = ['retry-after', 'www-authenticate', 'cache-control'].map((name) => response.headers.get(name));
    expect(names).toEqual(['10', null, 'no-store']);
    expect(events.at(-1)).toMatchObject({ type: 'insufficient', status: 429, reason: 'limited', subject: 'ada' });
    expect(await statuses(1, as('bob'))).toEqual([200]);
  });

  test('by a name: neither absent nor bad credentials count, and other refusals stay what they are', async () => {
    const { binding, ask, statuses } = door(({ subject }) => subject);
    expect(await statuses(3, as('ada', 'a guess'))).toEqual([401, 401, 401]);
    expect((await ask()).headers.get('www-authenticate')).toMatch(/^Basic /);
    expect(binding.limit).not.toHaveBeenCalled();
  });

  test('by a name: nobody is limited whom it has no name for', async () => {
    const { binding, statuses } = door(() => undefined);
    expect(await statuses(3, as('ada'))).toEqual([200, 200, 200]);
    expect(binding.limit).not.toHaveBeenCalled();
  });

  test('by address: who guesses is stopped before anything is looked up', async () => {
    const authenticate = vi.fn(() => reject('basic', 'invalid'));
    const { statuses } = door('address', 2, { ...staff, authenticate });
    expect(await statuses(4, as('ada', 'a guess'))).toEqual([401, 401, 429, 429]);
    expect(authenticate).toHaveBeenCalledTimes(2);
    expect(await statuses(1, as('ada', 'a guess'), '192.0.2.2')).toEqual([401]);
  });

  test.each([
    ['addresses of one customer', '2001:db8:1:2::1', '2001:db8:1:2:ffff::9', true],
    ['addresses with zeros within the first half', '2001:db8::1', '2001:db8::2:0:0:1', true],
    ['addresses of two customers', '2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['two addresses of IPv4', '192.0.2.1', '192.0.2.10', false],
    ['two addresses of IPv4 within IPv6', '::ffff:192.0.2.1', '::ffff:192.0.2.2', false],
  ])('by address: %s', async (_name, one, other, isOne) => {
    const { binding, ask } = door('address');
    await ask(as('ada'), one);
    await ask(as('ada'), other);
    expect(binding.keys()).toHaveLength(isOne ? 1 : 2);
  });

  test('by address: where it is not known, nobody gets in, which is no 401', async () => {
    expect((await door('address').ask(as('ada'), '')).status).toBe(503);
  });

  test('a subject that is called as an address uses up nobody’s limit but its own', async () => {
    const binding = bindingOf(1);
    const byAddress = limitedByBinding(staff, { binding, period: 10, by: 'address' });
    const both = limitedByBinding(byAddress, { binding, period: 10, by: () => '192.0.2.1' });
    const open = protect(both, () => new Response('ok'), { context: () => ({ address: '192.0.2.1' }) });
    expect((await open(new Request('https://app.example/', { headers: as('ada') }))).status).toBe(200);
  });

  test('a binding that fails is an outage', async () => {
    const binding = { limit: () => Promise.reject(new Error('down')) };
    const open = protect(
      limitedByBinding(staff, { binding, period: 60, by: ({ subject }) => subject }),
      () => new Response(),
    );
    expect((await open(new Request('https://app.example/', { headers: as('ada') }))).status).toBe(503);
  });

  test('one request of several schemes counts once, and an any around it does not take the limit off', async () => {
    const sessions = session({ secret: 'a secret for tests, of 32 bytes..', store: memoryStore(), load: () => ({}) });
    const { binding, limited } = door('address', 2, any(staff, sessions));
    const other = basic({ realm: 'Other', users });
    const outer = any(limited, { ...other, schemes: ['other'], carriers: [{ header: 'x-other' as const }] });
    const open = protect(outer, () => new Response('ok'), { context: () => ({ address: '192.0.2.1' }) });
    const ask = () => open(new Request('https://app.example/', { headers: as('ada') }));
    expect([(await ask()).status, (await ask()).status, (await ask()).status]).toEqual([200, 200, 429]);
    expect(binding.limit).toHaveBeenCalledTimes(3);
  });

  test('whoever may be anonymous is told to wait, too, and not to sign in', async () => {
    const { statuses } = door(() => 'everybody', 1, optional(staff));
    expect(await statuses(2)).toEqual([200, 429]);
  });

  test('what a refused cookie wants done is done', async () => {
    const sessions = session({ secret: 'a secret for tests, of 32 bytes..', store: memoryStore(), load: () => ({}) });
    const { ask } = door(() => 'everybody', 0, optional(sessions));
    const response = await ask({ cookie: '__Host-Http-session=forged' });
    expect([response.status, response.headers.getSetCookie().length]).toEqual([429, 1]);
  });
});
