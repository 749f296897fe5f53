import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { networksOf } from '../../src/guards/networks-of.ts';

const V6 = ['2001:db8:0:a::/64', '2001:db8:0::/48'];

describe('spellings', () => {
  it.each([
    '192.0.2.1',
    ' 192.0.2.1 ',
    '192.0.2.1:443',
    '192.0.2.1:61234',
    '::ffff:192.0.2.1',
    '::FFFF:192.0.2.1',
    '::ffff:c000:201',
    '::FFFF:C000:0201',
    '0:0:0:0:0:ffff:192.0.2.1',
    '0:0:0:0:0:ffff:c000:201',
    '0000:0000:0000:0000:0000:ffff:c000:0201',
    '0000:0000:0000:0000:0000:FFFF:192.0.2.1',
    '::0:ffff:192.0.2.1',
    '0::ffff:c000:201',
    '0:0::0:ffff:c000:201',
    '[::ffff:192.0.2.1]',
    '[::ffff:c000:201]:8080',
    '::ffff:192.0.2.1%eth0',
    '64:ff9b::192.0.2.1',
    '64:ff9b::c000:201',
    '0064:ff9b:0:0:0:0:c000:0201',
  ])('%s is 192.0.2.1', (address) => {
    expect(networksOf(address)).toEqual(['192.0.2.1']);
  });

  it.each([
    '2001:db8:0:a::1',
    '2001:DB8:0:A::1',
    '2001:0db8:0000:000a:0000:0000:0000:0001',
    '2001:db8:0:a:0:0:0:1',
    '2001:db8:0:a::0:1',
    '2001:db8:0:a:0::1',
    '2001:db8:0:a:ffff:ffff:ffff:ffff',
    '2001:db8:0:a::',
    '2001:db8::a:0:0:0:1',
    '2001:db8:0:a:1:2:192.0.2.1',
    '2001:db8:0:a::192.0.2.1',
    '[2001:db8:0:a::1]',
    '[2001:db8:0:a::1]:443',
    '[2001:db8:0:a::1%25eth0]',
    '2001:db8:0:a::1%eth0',
    '2001:db8:0:a::1%',
    ' 2001:db8:0:a::1',
    '2001:db8:00:0a::1',
    '2001:db8:0:a:0:0:0:0',
    '2001:0DB8::000A:0:0:0:0',
  ])('%s is in 2001:db8:0:a::/64', (address) => {
    expect(networksOf(address)).toEqual(V6);
  });

  it.each([
    undefined,
    '',
    ' ',
    'unknown',
    'localhost',
    '192.0.2',
    '192.0.2.1.1',
    '192.0.2.256',
    '192.000.002.001',
    '0300.0.2.1',
    '0xc0.0.2.1',
    '3221225985',
    '192.0.2.1, 10.0.0.1',
    '192.0.2.1/32',
    '-1.0.2.1',
    '１92.0.2.1',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '::1:2:3:4:5:6:7:8',
    '12345::1',
    'g::1',
    '::ffff:192.0.2.256',
    '::192.0.2.1:1',
    '192.0.2.1::',
    '1:2:3:4:5:6:7:192.0.2.1',
    '[::1',
    ':1:2:3:4:5:6:7',
    `${':'.repeat(1_000_000)}`,
    `1${'0'.repeat(1_000_000)}::`,
  ])('%s is no address', (address) => {
    expect(networksOf(address)).toEqual([]);
  });

  it('what looks alike is not the same', () => {
    expect(networksOf('::1')).toEqual(['0:0:0:0::/64', '0:0:0::/48']);
    expect(networksOf('1::')).toEqual(['1:0:0:0::/64', '1:0:0::/48']);
    expect(networksOf('2001:db8:0:1::')).not.toEqual(networksOf('2001:db8:0:10::'));
    expect(networksOf('64:ff9b:1::c000:201')).toEqual(['64:ff9b:1:0::/64', '64:ff9b:1::/48']);
  });

  it('an address is what the platform takes for one', () => {
    const piece = fc.constantFrom('0', '1', 'ab', 'ffff', '10000', ':', '::', '.', '255', '256', '192.0.2.1', 'g', '%');
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 18 }).map((pieces) => pieces.join('')),
        (text) => {
          // Zones are ours to cut off, ports too.
          fc.pre(!/%|^[\d.]+:\d+$/.test(text) && text.length <= 64);
          expect(networksOf(text).length > 0).toBe(isIP(text) !== 0);
        },
      ),
      { numRuns: 20_000 },
    );
  });

  it('any way to write eight groups is the same network', () => {
    const groups = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), {
      minLength: 8,
      maxLength: 8,
    });
    fc.assert(
      fc.property(groups, fc.boolean(), fc.nat(8), fc.nat(8), (numbers, upper, from, to) => {
        const plain = numbers.map((each) => each.toString(16));
        const written = numbers.map((each, n) => each.toString(16).padStart(n % 2 ? 4 : 1, '0'));
        const zeros = numbers.slice(from, to);
        const short =
          to > from && zeros.every((each) => each === 0)
            ? `${written.slice(0, from).join(':')}::${written.slice(to).join(':')}`
            : written.join(':');
        const spelt = upper ? short.toUpperCase() : short;
        expect(networksOf(spelt), spelt).toEqual(networksOf(plain.join(':')));
      }),
      { numRuns: 5000 },
    );
  });
});
