import { createClient } from '@libsql/client';
import { describe, expect, it, vi } from 'vitest';
import {
  type SignInOrigin,
  type SignInThrottle,
  type SignInThrottleOptions,
  signInThrottle,
} from '../../src/guards/sign-in-throttle.ts';
import type { Store } from '../../src/stores/contract.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { sqliteStore } from '../../src/stores/sqlite.ts';
import { clockAt, countingStore, slowStore } from '../support/sessions.ts';

const HOME = '192.0.2.1';
/** One IPv4 address after the other. */
const botnet = (n: number): string => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;

/** A door with a user `ada`, whose password is `right`. How often her password was compared is what an attacker gets. */
function door(options: Partial<SignInThrottleOptions> = {}) {
  const store = countingStore();
  const clock = clockAt();
  const throttle = signInThrottle({ store, ...options });
  const door = {
    store,
    clock,
    hashed: 0,
    async try(password: string, address: string | null = HOME, name = 'ada', origin?: SignInOrigin) {
      const attempt = await throttle.begin(name, clock.context({ address: address ?? undefined }), origin);
      if (!attempt.allowed) return attempt;
      door.hashed++;
      if (password === 'right') await attempt.succeed();
      return password === 'right' ? 'in' : 'wrong';
    },
    /** How many of so many guesses are compared. */
    async guesses(count: number, address: string | ((n: number) => string | null) = HOME, name = 'ada') {
      let compared = 0;
      for (let n = 0; n < count; n++) {
        const from = typeof address === 'function' ? address(n) : address;
        if ((await door.try('guess', from, name)) === 'wrong') compared++;
      }
      return compared;
    },
  };
  return door;
}

const refused = (limit: string, retryAfter: number) => ({ allowed: false, limit, retryAfter });

describe('one account from one network', () => {
  it('five failures, then a wait that doubles up to fifteen minutes', async () => {
    const { guesses, try: attempt, clock } = door();
    expect(await guesses(5)).toBe(5);
    const waits: number[] = [];
    for (let n = 0; n < 13; n++) {
      const answer = await attempt('guess');
      if (typeof answer === 'string') throw new Error('no wait');
      waits.push(answer.retryAfter);
      clock.now += answer.retryAfter - 0.01;
      expect(await attempt('right')).toEqual(refused('pair', 1));
      clock.now += 0.01;
      expect(await attempt('guess')).toBe('wrong');
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
  });

  it('who hammers meanwhile waits no longer', async () => {
    const { guesses, try: attempt, clock } = door();
    expect(await guesses(500)).toBe(5);
    clock.now += 1;
    expect(await guesses(500)).toBe(1);
    clock.now += 2;
    expect(await attempt('right')).toBe('in');
  });

  it('a good password ends the waits, and all failures count anew', async () => {
    const { guesses, try: attempt, clock } = door();
    await guesses(5);
    clock.now += 1;
    expect([await guesses(1), await guesses(1)]).toEqual([1, 0]);
    clock.now += 2;
    expect(await attempt('right')).toBe('in');
    expect(await guesses(9)).toBe(5);
    expect(await attempt('guess')).toEqual(refused('pair', 1));
  });

  it('good passwords are never too many', async () => {
    const { try: attempt } = door();
    for (let n = 0; n < 500; n++) expect(await attempt('right')).toBe('in');
  });

  it('is forgotten a day after the last failure and the longest wait, not before', async () => {
    const { guesses, clock } = door({ maxDelay: 10 });
    await guesses(5);
    clock.now += 86_409;
    expect(await guesses(9)).toBe(1);
    clock.now += 86_410;
    expect(await guesses(9)).toBe(5);
  });

  it('in a day a stranger has little more than a hundred', async () => {
    const { try: attempt, clock } = door({ failuresPerAccount: 100_000 });
    const end = clock.now + 86_400;
    let compared = 0;
    while (clock.now < end) {
      const answer = await attempt('guess');
      if (answer === 'wrong') compared++;
      else if (typeof answer !== 'string') clock.now += answer.retryAfter;
    }
    expect(compared).toBe(5 + 10 + Math.floor((86_400 - 1023) / 900));
  });

  it('others are not concerned: the account elsewhere, others at the same place', async () => {
    const { guesses, try: attempt } = door();
    await guesses(20);
    expect(await attempt('guess')).toEqual(refused('pair', 1));
    expect(await attempt('right', '192.0.2.2')).toBe('in');
    expect(await attempt('right', HOME, 'bob')).toBe('in');
  });

  it.each([
    [1, [1, 2, 4, 4]],
    [2, [1, 2, 4, 4]],
  ])('with %i free failures and a longest wait of 4 s', async (freeFailures, expected) => {
    const { guesses, try: attempt, clock } = door({ freeFailures, maxDelay: 4 });
    expect(await guesses(9)).toBe(freeFailures);
    for (const wait of expected) {
      expect(await attempt('guess')).toEqual(refused('pair', wait));
      clock.now += wait;
      expect(await attempt('guess')).toBe('wrong');
    }
  });

  it('a clock that was ahead makes nobody wait beyond the longest wait', async () => {
    const { guesses, try: attempt, clock } = door({ maxDelay: 60 });
    for (let n = 0; n < 12; n++, clock.now += 60) await guesses(5);
    clock.now -= 5;
    const answer = await attempt('guess');
    expect(answer).toMatchObject({ allowed: false });
    expect((answer as { retryAfter: number }).retryAfter).toBeLessThanOrEqual(65);
  });
});

describe('one account from everywhere', () => {
  /** Ada has signed in at home; then somebody guesses from 10,000 addresses, twice from each. */
  const attacked = async () => {
    const opened = door();
    expect(await opened.try('right', HOME, 'ada', { device: 'of her phone' })).toBe('in');
    opened.hashed = 0;
    await opened.guesses(20_000, (n) => botnet(n % 10_000));
    return opened;
  };

  it('the victim gets in: from a network or with a device that the account knows', async () => {
    const { hashed, try: attempt, guesses } = await attacked();
    expect(hashed).toBe(100);
    expect(await attempt('guess', botnet(10_001))).toEqual(refused('account', 864));
    expect(await attempt('wrong once', HOME)).toBe('wrong');
    expect(await attempt('right', HOME)).toBe('in');
    const phone = { device: 'of her phone' };
    expect(await attempt('right', '198.51.100.7', 'ada', phone)).toBe('in');
    expect(await attempt('right', null, 'ada', phone)).toBe('in');
    // And what she did opened nothing for anybody else.
    expect(await guesses(500, (n) => botnet(20_000 + n))).toBe(0);
  });

  it('from elsewhere the victim takes turns with the strangers', async () => {
    const { try: attempt, clock, guesses } = await attacked();
    expect(await attempt('right', '198.51.100.8')).toEqual(refused('account', 864));
    clock.now += 864;
    expect(await attempt('right', '198.51.100.8')).toBe('in');
    clock.now += 86_400 - 864;
    expect(await guesses(500, (n) => botnet(30_000 + n))).toBe(100);
  });

  it('who is refused because of the strangers has failed at nothing', async () => {
    const { guesses, try: attempt, clock } = await attacked();
    const elsewhere = '198.51.100.8';
    expect(await guesses(50, elsewhere)).toBe(0);
    clock.now += 9 * 864;
    expect(await guesses(50, elsewhere)).toBe(5);
    expect(await guesses(50, botnet)).toBe(4);
    clock.now += 1;
    // Its wait is over, and the turn of the account has not come: the gate stays open meanwhile.
    for (let n = 0; n < 5; n++) expect(await attempt('right', elsewhere)).toEqual(refused('account', 863));
    clock.now += 863;
    expect(await attempt('guess', elsewhere)).toBe('wrong');
    expect(await attempt('right', elsewhere)).toEqual(refused('pair', 2));
    clock.now += 864;
    expect(await attempt('right', elsewhere)).toBe('in');
  });

  it('a known network or device has its own failures to pay for', async () => {
    const { guesses, try: attempt, clock } = await attacked();
    expect(await guesses(50, HOME)).toBe(5);
    expect(await attempt('right', HOME)).toEqual(refused('pair', 1));
    clock.now += 1;
    expect(await attempt('right', HOME)).toBe('in');
    const phone = { device: 'of her phone' };
    for (let n = 0; n < 5; n++) expect(await attempt('guess', botnet(n), 'ada', phone)).toBe('wrong');
    expect(await attempt('guess', botnet(9), 'ada', phone)).toEqual(refused('pair', 1));
    expect(await attempt('right', HOME)).toBe('in');
  });

  it('a network or a device is known to the accounts that signed in with it, and to no other', async () => {
    const { guesses, try: attempt } = await attacked();
    await guesses(500, botnet, 'bob');
    const device = { device: 'of her phone' };
    expect(await attempt('right', HOME, 'bob')).toEqual(refused('account', 864));
    expect(await attempt('right', HOME, 'bob', device)).toEqual(refused('account', 864));
    expect(await attempt('right', botnet(1), 'ada', { device: 'made up' })).toMatchObject({ allowed: false });
  });

  it('and not for ever', async () => {
    const { guesses, try: attempt, clock } = door({ rememberFor: 86_400 });
    await attempt('right', HOME, 'ada', { device: 'x' });
    clock.now += 86_399;
    await guesses(500, botnet);
    expect(await attempt('guess')).toBe('wrong');
    clock.now += 1;
    await guesses(500, botnet);
    expect(await attempt('right')).toMatchObject({ limit: 'account' });
    expect(await attempt('right', HOME, 'ada', { device: 'x' })).toMatchObject({ limit: 'account' });
  });

  it('an account that is not there is counted like any other', async () => {
    const { guesses } = door();
    expect(await guesses(500, botnet, 'nobody')).toBe(100);
  });
});

describe('many accounts from one network', () => {
  it('a hundred failures, then a hundred an hour', async () => {
    const { try: attempt, clock } = door();
    let compared = 0;
    for (let n = 0; n < 500; n++) if ((await attempt('Summer2026!', HOME, `user${n}`)) === 'wrong') compared++;
    expect(compared).toBe(100);
    expect(await attempt('Summer2026!', HOME, 'user501')).toEqual(refused('network', 36));
    clock.now += 36;
    expect(await attempt('Summer2026!', HOME, 'user501')).toBe('wrong');
  });

  it('signing in to an account of one’s own buys no guesses', async () => {
    const { try: attempt } = door();
    let compared = 0;
    for (let n = 0; n < 500; n++) {
      if ((await attempt('Summer2026!', HOME, `user${n}`)) === 'wrong') compared++;
      await attempt('right', HOME, 'mallory');
    }
    expect(compared).toBe(100);
  });

  it('nobody is stopped by neighbours who has a device', async () => {
    const { try: attempt } = door();
    await attempt('right', HOME, 'ada', { device: 'x' });
    for (let n = 0; n < 200; n++) await attempt('Summer2026!', HOME, `user${n}`);
    expect(await attempt('right')).toMatchObject({ limit: 'network' });
    expect(await attempt('right', HOME, 'ada', { device: 'x' })).toBe('in');
  });

  it('who is refused adds nothing to the store', async () => {
    const { try: attempt, store } = door();
    for (let n = 0; n < 100; n++) await attempt('guess', HOME, `user${n}`);
    store.reset();
    for (let n = 0; n < 100; n++) await attempt('guess', HOME, `other${n}`);
    expect([store.total, store.counts.advance]).toEqual([100, 100]);
  });

  it('10,000 addresses in one network of 64 bits share it', async () => {
    const { try: attempt } = door();
    let compared = 0;
    for (let n = 0; n < 10_000; n++) {
      const address = `2001:db8:1:2:${((n * 7919) & 0xffff).toString(16)}::${n.toString(16)}`;
      if ((await attempt('Summer2026!', address, `user${n}`)) === 'wrong') compared++;
    }
    expect(compared).toBe(100);
  });

  it('and 10,000 in one network of 64 bits that guess at one account have five', async () => {
    const { guesses } = door();
    expect(await guesses(10_000, (n) => `2001:db8:1:2::${n.toString(16)}`)).toBe(5);
  });

  it('65,536 networks of one of 48 bits share ten times as many', async () => {
    const { try: attempt } = door();
    let compared = 0;
    for (let n = 0; n < 65_536; n += 8) {
      if ((await attempt('Summer2026!', `2001:db8:1:${n.toString(16)}::1`, `user${n}`)) === 'wrong') compared++;
    }
    expect(compared).toBe(1000);
    expect(await attempt('right', '2001:db8:2::1')).toBe('in');
  });
});

describe('an address that is not known', () => {
  it.each([
    ['not told', null],
    ['empty', ''],
    ['a word', 'unknown'],
    ['a socket', 'unix:'],
    ['out of range', '999.1.2.3'],
    ['very long', '1'.repeat(1_000_000)],
  ])('%s: one network for all', async (_, each) => {
    const { try: attempt, guesses } = door();
    expect(await guesses(20, () => null)).toBe(5);
    expect(await attempt('right', each)).toEqual(refused('pair', 1));
    let compared = 0;
    for (let n = 0; n < 500; n++) if ((await attempt('guess', each, `user${n}`)) === 'wrong') compared++;
    expect(compared).toBe(95);
  });

  it('is never one that an account knows', async () => {
    const { try: attempt, guesses } = door();
    expect(await attempt('right', null)).toBe('in');
    await guesses(500, botnet);
    expect(await attempt('right', null)).toMatchObject({ limit: 'account' });
  });
});

describe('at the same time', () => {
  const sqlite = async (): Promise<Store> => {
    const store = sqliteStore(createClient({ url: ':memory:' }));
    await store.createTables();
    return store;
  };
  const begin = async (throttle: SignInThrottle, count: number, address: (n: number) => string) => {
    const clock = clockAt();
    const attempts = await Promise.all(
      Array.from({ length: count }, (_, n) => throttle.begin('ada', clock.context({ address: address(n) }))),
    );
    return attempts.filter(({ allowed }) => allowed).length;
  };

  it.each<[string, () => Store | Promise<Store>]>([
    ['memory', () => memoryStore()],
    ['a slow store', () => slowStore(memoryStore())],
    ['SQLite', sqlite],
  ])('500 guesses: exactly 5 are compared, on %s', async (_, make) => {
    const made = make();
    // The slow one has all verbs there are, `then` too.
    const store = made instanceof Promise ? await made : made;
    for (let round = 0; round < 5; round++) {
      const throttle = signInThrottle({ store, name: `round${round}` });
      expect(await begin(throttle, 500, () => HOME)).toBe(5);
    }
  });

  it.each([1, 2, 7])('500 guesses where %i are free', async (freeFailures) => {
    const throttle = signInThrottle({ store: slowStore(memoryStore()), freeFailures });
    expect(await begin(throttle, 500, () => HOME)).toBe(freeFailures);
  });

  it('500 guesses from 500 addresses: exactly 100', async () => {
    expect(await begin(signInThrottle({ store: slowStore(memoryStore()) }), 500, botnet)).toBe(100);
  });

  it('of those that wait one gets in when the time has come', async () => {
    const store = slowStore(memoryStore());
    const throttle = signInThrottle({ store });
    const clock = clockAt();
    const round = async () => {
      const attempts = await Promise.all(
        Array.from({ length: 100 }, () => throttle.begin('ada', clock.context({ address: HOME }))),
      );
      return attempts.filter(({ allowed }) => allowed).length;
    };
    expect(await round()).toBe(5);
    for (let wait = 1; wait <= 512; wait *= 2) {
      clock.now += wait - 0.001;
      expect(await round()).toBe(0);
      clock.now += 0.001;
      expect(await round()).toBe(1);
    }
  });

  it('what was refused is given back: who comes later finds as much as if nobody had been refused', async () => {
    const store = slowStore(memoryStore());
    const throttle = signInThrottle({ store });
    const clock = clockAt();
    await Promise.all(Array.from({ length: 500 }, () => throttle.begin('ada', clock.context({ address: HOME }))));
    const others = await Promise.all(
      Array.from({ length: 200 }, (_, n) => throttle.begin(`user${n}`, clock.context({ address: HOME }))),
    );
    expect(others.filter(({ allowed }) => allowed).length).toBe(95);
  });
});

describe('the store', () => {
  it('sees neither names nor addresses nor devices', async () => {
    const store = countingStore();
    const advance = vi.spyOn(store, 'advance');
    const throttle = signInThrottle({ store });
    for (const address of [HOME, '2001:db8:77:88::99']) {
      for (let n = 0; n < 9; n++) {
        const attempt = await throttle.begin('ada@example.com', clockAt().context({ address }), { device: 'of-ada' });
        if (attempt.allowed && n === 3) await attempt.succeed();
      }
    }
    const seen = JSON.stringify(advance.mock.calls.map(([key]) => key));
    expect(advance.mock.calls.length).toBeGreaterThan(50);
    for (const text of ['ada', 'example', '192.0', '2001', 'db8', 'of-ada']) expect(seen).not.toContain(text);
    for (const [{ kind, partition, id }] of advance.mock.calls) {
      expect([kind, partition, id]).toEqual([
        'throttle.sign-in',
        id.slice(0, 12),
        expect.stringMatching(/^[\w-]{43}$/),
      ]);
    }
  });

  it('is asked by no other verb than advance, three times; four for IPv6, one more for a device; then at once', async () => {
    const { store } = door();
    const throttle = signInThrottle({ store });
    for (const [address, origin, trips, more] of [
      [HOME, {}, 3, 4],
      ['2001:db8::1', {}, 4, 5],
      [HOME, { device: 'x' }, 4, 5],
      [HOME, { device: 'x' }, 2, 3],
      [undefined, {}, 3, 3],
    ] as const) {
      store.reset();
      const attempt = await throttle.begin('ada', clockAt().context({ address }), origin);
      expect([store.total, store.counts.advance]).toEqual([trips, trips]);
      store.reset();
      if (attempt.allowed) await attempt.succeed();
      expect([store.total, store.counts.advance]).toEqual([more, more]);
    }
  });

  it('that fails is an outage, before and after, and never a free pass', async () => {
    const inner = memoryStore();
    let fails = (_by: number): boolean => true;
    const store: Store = {
      ...inner,
      advance: (key, step, now) => (fails(step.by) ? Promise.reject(new Error('down')) : inner.advance(key, step, now)),
    };
    const throttle = signInThrottle({ store });
    const context = clockAt().context({ address: HOME });
    await expect(throttle.begin('ada', context)).rejects.toThrow('down');
    fails = () => false;
    const attempt = await throttle.begin('ada', context);
    fails = () => true;
    await expect(attempt.allowed && attempt.succeed()).rejects.toThrow('down');
    // What can't be given back is a refusal still.
    fails = (by) => by < 0;
    for (let n = 0; n < 4; n++) await throttle.begin('ada', context);
    expect(await throttle.begin('ada', context)).toEqual(refused('pair', 1));
  });

  it('that does not count is refused at construction, with what it says of itself', () => {
    const store = { ...memoryStore(), capabilities: { counters: 'two increments at once are one; use another' } };
    expect(() => signInThrottle({ store: store as never })).toThrow(
      new TypeError('store: needs counters: two increments at once are one; use another'),
    );
    expect(() => signInThrottle({} as never)).toThrow(TypeError);
  });

  it('may be found by the request', async () => {
    const store = memoryStore();
    const throttle = signInThrottle({ store: ({ bindings }) => (bindings as { store: Store }).store, freeFailures: 1 });
    const context = clockAt().context({ bindings: { store }, address: HOME });
    expect((await throttle.begin('ada', context)).allowed).toBe(true);
    expect((await throttle.begin('ada', context)).allowed).toBe(false);
  });

  it('keeps throttles of different names apart', async () => {
    const store = memoryStore();
    const one = door({ store, freeFailures: 1 });
    const other = door({ store, freeFailures: 1, name: 'totp' });
    expect([await one.guesses(9), await other.guesses(9)]).toEqual([1, 1]);
    expect(await door({ store, freeFailures: 1 }).guesses(9)).toBe(0);
  });
});

describe('misuse', () => {
  it('a success that is told twice gives back once', async () => {
    const { clock, guesses, store } = door();
    const throttle = signInThrottle({ store });
    const attempt = await throttle.begin('mallory', clock.context({ address: HOME }));
    await guesses(5);
    if (!attempt.allowed) throw new Error('refused');
    await Promise.all([attempt.succeed(), attempt.succeed()]);
    await attempt.succeed();
    let compared = 0;
    for (let n = 0; n < 200; n++) {
      if ((await throttle.begin(`user${n}`, clock.context({ address: HOME }))).allowed) compared++;
    }
    expect(compared).toBe(95);
  });

  it.each<[string, object, string]>([
    ['an unknown option', { lockAfter: 3 }, "'lockAfter'"],
    ['no failures', { freeFailures: 0 }, 'freeFailures'],
    ['failures as text', { freeFailures: '5' }, 'freeFailures'],
    ['a wait of a year', { maxDelay: 31_536_000 }, 'maxDelay'],
    ['half a failure', { failuresPerAccount: 0.5 }, 'failuresPerAccount'],
    ['any number', { failuresPerNetwork: Number.POSITIVE_INFINITY }, 'failuresPerNetwork'],
    ['no memory', { rememberFor: -1 }, 'rememberFor'],
    ['a name with a space', { name: 'sign in' }, 'name'],
  ])('%s is refused at construction', (_, options, message) => {
    const make = () => signInThrottle({ store: memoryStore(), ...options } as never);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });

  it.each([undefined, 5, null, {}])('an identifier that is %s', async (identifier) => {
    const throttle = signInThrottle({ store: memoryStore() });
    await expect(throttle.begin(identifier as never, clockAt().context())).rejects.toThrow(TypeError);
    await expect(throttle.begin('ada', clockAt().context(), { device: '' })).rejects.toThrow(TypeError);
  });

  it('any text is an identifier of its own', async () => {
    const { guesses, try: attempt } = door({ freeFailures: 1 });
    const names = ['', '__proto__', 'a"', 'a","network', '\ud800', '\ud801', '\ufffd', '😀', 'x'.repeat(100_000)];
    for (const name of names) expect(await guesses(3, HOME, name)).toBe(1);
    for (const name of names) expect(await attempt('guess', HOME, name)).toMatchObject({ limit: 'pair' });
  });
});
