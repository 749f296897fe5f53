import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClientAddressOptions, clientAddress } from '../../src/guards/client-address.ts';
import { signInThrottle } from '../../src/guards/sign-in-throttle.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { clockAt } from '../support/sessions.ts';

const request = (value?: string, header = 'x-forwarded-for') =>
  new Request('https://app.example/', { headers: value === undefined ? {} : { [header]: value } });

describe('behind proxies that are named', () => {
  const addressOf = clientAddress({ trustedProxies: ['10.0.0.0/8', '2001:db8::/48', '192.0.2.53'] });

  it.each<[string | undefined, string | undefined, string | undefined]>([
    // The header, who has connected, the client.
    ['198.51.100.7', '10.0.0.1', '198.51.100.7'],
    ['203.0.113.9, 198.51.100.7', '10.0.0.1', '198.51.100.7'],
    ['203.0.113.9, 198.51.100.7, 10.9.9.9, 192.0.2.53', '2001:db8::5', '198.51.100.7'],
    ['203.0.113.9,198.51.100.7 ,10.9.9.9', '10.0.0.1', '198.51.100.7'],
    ['2001:4860::1, 10.1.1.1', '::ffff:10.0.0.1', '2001:4860::1'],
    ['198.51.100.7:4711', '10.0.0.1', '198.51.100.7:4711'],
    // A proxy that calls of its own accord.
    ['10.1.1.1, 10.2.2.2', '10.0.0.1', '10.1.1.1'],
    [undefined, '10.0.0.1', undefined],
    ['', '10.0.0.1', undefined],
    // Whoever connects from elsewhere is the client, whatever they say.
    ['203.0.113.9', '198.51.100.7', '198.51.100.7'],
    ['10.0.0.1', '11.0.0.1', '11.0.0.1'],
    ['203.0.113.9', '2001:db8:1::1', '2001:db8:1::1'],
    ['203.0.113.9', '192.0.2.54', '192.0.2.54'],
    ['203.0.113.9', undefined, undefined],
    ['203.0.113.9', 'unix:', undefined],
    // What a proxy of ours can't tell is nobody's, and what the client wrote before it is never looked at.
    ['203.0.113.9, unknown', '10.0.0.1', undefined],
    ['203.0.113.9, ', '10.0.0.1', undefined],
    ['203.0.113.9, _hidden, 10.1.1.1', '10.0.0.1', undefined],
  ])('%j from %s is %s', (header, peer, expected) => {
    expect(addressOf(request(header), peer)).toBe(expected);
  });

  it('lets nobody choose an address, whatever they send', () => {
    const text = fc.string({
      unit: fc.constantFrom('1', '0', '.', ':', ',', ' ', 'a', '"', '[', ';', '=', 'for'),
      maxLength: 40,
    });
    fc.assert(
      fc.property(text, (sent) => {
        expect(addressOf({ headers: { get: () => `${sent}, 198.51.100.7` }, method: 'GET', url: '' }, '10.0.0.1')).toBe(
          '198.51.100.7',
        );
      }),
    );
  });

  it('agrees with the networks as numbers', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 0, max: 32 }), (network, peer, length) => {
        const numberOf = (ip: string) => ip.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
        const size = 2 ** (32 - length);
        const base = Math.floor(numberOf(network) / size) * size;
        const text = [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256).join('.');
        const find = clientAddress({ trustedProxies: [`${text}/${length}`] });
        const isInside = Math.floor(numberOf(peer) / size) === base / size;
        expect(find(request('203.0.113.9'), peer)).toBe(isInside ? '203.0.113.9' : peer);
      }),
    );
  });
});

describe('behind so many proxies', () => {
  it.each<[number, string | undefined, string | undefined]>([
    [1, '198.51.100.7', '198.51.100.7'],
    [1, '203.0.113.9, 198.51.100.7', '198.51.100.7'],
    [2, '203.0.113.9, 198.51.100.7, 10.0.0.1', '198.51.100.7'],
    [3, '203.0.113.9, 198.51.100.7, 10.0.0.1', '203.0.113.9'],
    // It can't have come through all of them.
    [2, '198.51.100.7', undefined],
    [1, undefined, undefined],
    [1, 'unknown', undefined],
  ])('%d of them: %j is %s', (hops, header, expected) => {
    expect(clientAddress({ hops })(request(header))).toBe(expected);
    // Who has connected is not looked at.
    expect(clientAddress({ hops })(request(header), '203.0.113.200')).toBe(expected);
  });

  it('takes a header that the platform overwrites', () => {
    const addressOf = clientAddress({ hops: 1, header: 'cf-connecting-ip' });
    expect(addressOf(request('2001:db8::1', 'cf-connecting-ip'))).toBe('2001:db8::1');
    expect(addressOf(request('203.0.113.9'))).toBeUndefined();
  });
});

describe('by the header of RFC 7239', () => {
  const addressOf = clientAddress({ trustedProxies: ['10.0.0.0/8'], header: 'forwarded' });

  it.each<[string, string | undefined]>([
    ['for=198.51.100.7', '198.51.100.7'],
    ['For="[2001:db8:cafe::17]:4711"', '[2001:db8:cafe::17]:4711'],
    ['for=203.0.113.9, for=198.51.100.7;proto=https;by=10.0.0.1', '198.51.100.7'],
    ['for=203.0.113.9, proto=http;for=198.51.100.7, for=10.1.1.1', '198.51.100.7'],
    ['for=203.0.113.9, for=unknown', undefined],
    ['for=203.0.113.9, for=_gazonk', undefined],
    ['for=203.0.113.9, proto=https', undefined],
    ['for=203.0.113.9, for=198.51.100.7;for=203.0.113.10', undefined],
    ['for=203.0.113.9, for="198.51.100.7', undefined],
    ['198.51.100.7', undefined],
  ])('%j is %s', (header, expected) => {
    expect(addressOf(request(header, 'forwarded'), '10.0.0.1')).toBe(expected);
  });
});

it('what it gives is an address, and one that the throttle counts', async () => {
  const addressOf = clientAddress({ hops: 1 });
  const throttle = signInThrottle({ store: memoryStore() });
  const clock = clockAt();
  const begin = async (forwarded: string) => {
    const address = addressOf(request(forwarded));
    expect(isIP(address ?? '')).not.toBe(0);
    return (await throttle.begin('ada', clock.context({ address }))).allowed;
  };
  // Another first entry each time, which is what a guesser does.
  const answers: boolean[] = [];
  for (let guess = 0; guess < 7; guess++) answers.push(await begin(`203.0.113.${guess}, 198.51.100.7`));
  expect(answers).toEqual([true, true, true, true, true, false, false]);
});

describe('misuse', () => {
  it.each<[ClientAddressOptions, RegExp]>([
    [{}, /^trustedProxies or hops: one of them/],
    [{ hops: 1, trustedProxies: [] }, /^trustedProxies or hops: one of them/],
    [{ hops: 0 }, /^hops: /],
    [{ hops: 1.5 }, /^hops: /],
    [{ hops: 1, header: 'X-Forwarded-For' as never }, /^header: a name in lower case/],
    [{ hops: 1, header: 'a b' }, /^header: /],
    [{ hop: 1 } as never, /no option 'hop'/],
    ...[
      '10.0.0.0/33',
      '10.0.0.0/',
      '10.0.0/8',
      '::/129',
      '::1/64/2',
      'localhost',
      '',
      '[::1]',
      'fe80::1%eth0',
      '10.0.0.0/8 ',
      '*',
    ].map((network): [ClientAddressOptions, RegExp] => [
      { trustedProxies: [network] },
      /^trustedProxies: .* is no network/,
    ]),
    [{ trustedProxies: ['10.1.0.0/8'] }, /^trustedProxies: 10\.1\.0\.0\/8 has bits beyond its length/],
    [{ trustedProxies: ['2001:db8::1/64'] }, /has bits beyond its length/],
    [{ trustedProxies: [undefined as never] }, /^trustedProxies: /],
  ])('%j', (options, message) => {
    expect(() => clientAddress(options)).toThrow(message);
    expect(() => clientAddress(options)).toThrow(TypeError);
  });
});
