import { accept, type Outcome, reject } from 'countersign';
import { closeExpired, closeOnExpiry } from 'countersign/cloudflare-sockets';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { bundledByWrangler } from './bundles.ts';
import { type ClientSocket, startMiniflare, type Workerd } from './start-miniflare.ts';

function fakeSocket() {
  const codes: number[] = [];
  let heard = (): void => {};
  return {
    codes,
    close: (code: number) => void codes.push(code),
    addEventListener: (_type: 'close', listener: () => void) => {
      heard = listener;
    },
    goes: () => heard(),
  };
}

describe('closeOnExpiry', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const at = (seconds: number): number => Date.now() / 1000 + seconds;
  const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);

  test('closes at the expiry, and not before', async () => {
    const socket = fakeSocket();
    closeOnExpiry(socket, { expiresAt: at(600) });
    await pass(599);
    expect(socket.codes).toEqual([]);
    await pass(1);
    expect(socket.codes).toEqual([3000]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('waits for months', async () => {
    const socket = fakeSocket();
    closeOnExpiry(socket, { expiresAt: at(90 * 86_400) });
    await pass(90 * 86_400 - 1);
    expect(socket.codes).toEqual([]);
    await pass(1);
    expect(socket.codes).toEqual([3000]);
  });

  test('a credential without an expiry needs no timer', () => {
    closeOnExpiry(fakeSocket(), {});
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a socket that has gone leaves no timer', async () => {
    const socket = fakeSocket();
    closeOnExpiry(socket, { expiresAt: at(600) });
    socket.goes();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a socket that goes while it is decided is left alone', async () => {
    const socket = fakeSocket();
    let decide = (_outcome: Outcome): void => {};
    const decided = new Promise<Outcome>((resolve) => {
      decide = resolve;
    });
    closeOnExpiry(socket, { expiresAt: at(10) }, { again: () => decided });
    await pass(10);
    socket.goes();
    decide(reject('session', 'expired'));
    await pass(0);
    expect([socket.codes, vi.getTimerCount()]).toEqual([[], 0]);
  });

  test('a credential that was prolonged meanwhile keeps it open until that ends', async () => {
    const socket = fakeSocket();
    const again = vi.fn<() => Outcome>(() => reject('session', 'expired'));
    again.mockReturnValueOnce(accept('session', null, { expiresAt: at(20) }));
    closeOnExpiry(socket, { expiresAt: at(10) }, { again });
    await pass(19);
    expect([socket.codes, again.mock.calls.length]).toEqual([[], 1]);
    await pass(1);
    expect([socket.codes, again.mock.calls.length]).toEqual([[3000], 2]);
  });

  test('asked every minute, a sign-out ends it within one', async () => {
    const socket = fakeSocket();
    let outcome: Outcome = accept('session', null, { expiresAt: at(86_400) });
    closeOnExpiry(socket, { expiresAt: at(86_400) }, { again: () => outcome, every: 60 });
    await pass(120);
    expect(socket.codes).toEqual([]);
    outcome = reject('session', 'revoked');
    await pass(60);
    expect(socket.codes).toEqual([3000]);
  });

  test('an outage closes nothing before the expiry, and 1013 says so after it', async () => {
    const socket = fakeSocket();
    const again = () => Promise.reject(new Error('the store is down'));
    closeOnExpiry(socket, { expiresAt: at(90) }, { again, every: 60 });
    await pass(89);
    expect(socket.codes).toEqual([]);
    await pass(1);
    expect(socket.codes).toEqual([1013]);
  });

  test('where clocks differ it asks once a second, and not without a pause', async () => {
    const again = vi.fn(() => accept('bearer', null, { expiresAt: at(-30) }));
    closeOnExpiry(fakeSocket(), { expiresAt: at(-30) }, { again });
    await pass(10);
    expect(again).toHaveBeenCalledTimes(10);
  });
});

describe('closeExpired', () => {
  test('closes those that have expired, and says when the next one will', () => {
    const now = Math.floor(Date.now() / 1000);
    const sockets = [{ expiresAt: now - 1 }, { expiresAt: now + 60 }, { expiresAt: now + 30 }, {}, null].map(
      (attachment) => ({ ...fakeSocket(), deserializeAttachment: () => attachment }),
    );
    expect(closeExpired(sockets)).toBe((now + 30) * 1000);
    expect(sockets.map(({ codes }) => codes)).toEqual([[3000], [], [], [], []]);
    expect(closeExpired([])).toBeUndefined();
  });
});

describe('in workerd', () => {
  let workerd: Workerd;
  beforeAll(async () => {
    workerd = await startMiniflare(await bundledByWrangler('socket-worker'), {
      durableObjects: { ROOM: { className: 'Room', useSQLite: true } },
    });
  });
  afterAll(() => workerd?.close());

  const closed = (socket: ClientSocket | undefined): Promise<number> =>
    new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error('still open')), 10_000);
      socket?.addEventListener('close', ({ code }) => resolve(code));
    });

  test('a socket that its Worker holds ends with its credential', async () => {
    const begun = Date.now();
    const { status, socket } = await workerd.connect('/worker', { 'x-expires-in': '2' });
    expect([status, await closed(socket)]).toEqual([101, 3000]);
    expect(Date.now() - begun).toBeGreaterThan(900);
  });

  test('sockets that hibernate end each with its own', async () => {
    const open = async () => (await fetch(`${workerd.origin}/open`, { headers: { 'x-expires-in': '1' } })).text();
    const { status } = await workerd.connect('/room', { 'x-expires-in': '2' });
    await workerd.connect('/room', { 'x-expires-in': '4' });
    expect([status, await open()]).toEqual([101, '2']);
    for (const left of ['1', '0']) await vi.waitFor(async () => expect(await open()).toBe(left), { timeout: 8000 });
  });

  test('the store can be asked again as long as the socket is open', async () => {
    const { socket } = await workerd.connect('/again', { 'x-expires-in': '1' });
    const begun = Date.now();
    expect(await closed(socket)).toBe(3000);
    expect(Date.now() - begun).toBeGreaterThan(1900);
  });
});
