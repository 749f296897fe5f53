/**
 * Who is at the other end, behind proxies.
 *
 * @module countersign/client-address
 */
import { assertNoOthers } from '../core/assert-no-others.ts';
import { assertWhole } from '../core/assert-whole.ts';
import type { RequestLike } from '../core/context.ts';
import { addressGroups } from './address-groups.ts';

export type { RequestLike } from '../core/context.ts';

/** One of the first two is needed: whom to believe. */
export interface ClientAddressOptions {
  /**
   * The networks of the proxies, such as `10.0.0.0/8` or `2001:db8::1`. For servers that know who has connected to them. Whoever
   * connects from elsewhere is the client, whatever headers they send.
   */
  readonly trustedProxies?: readonly string[] | undefined;
  /**
   * How many proxies stand in front of the application, each of which adds one address: 1 takes the last one in the header. For
   * platforms that don't tell who has connected, and whom nobody can reach but through those proxies.
   */
  readonly hops?: number | undefined;
  /**
   * Where proxies write it, in lower case: `x-forwarded-for` (the default), `forwarded` (RFC 7239), or a header of one address that the
   * platform overwrites, such as `cf-connecting-ip` on Cloudflare.
   */
  readonly header?: Lowercase<string> | undefined;
}

/**
 * Finds the client's address, believing the proxies that are named and nobody else.
 *
 * Anybody may send `X-Forwarded-For`, and a proxy adds to the end of what was sent: only what stands there from a proxy of one's own is
 * true, counted from the right. Whoever takes the first entry lets a guesser be somebody else with each request.
 *
 * What it does not do: find out which proxies there are, or whether the application can be reached without them (`hops` believes that it
 * can't).
 *
 * @param options `trustedProxies` or `hops`.
 * @returns A function from a request, and the address that has connected where that is known, to an address for `context.address`.
 *   `undefined` where a proxy of ours has not said one: that is nobody's address, and counted as such.
 * @throws TypeError On neither or both of them, and on what is no network.
 *
 * @example
 * ```ts
 * import { clientAddress } from 'countersign/client-address';
 *
 * const addressOf = clientAddress({ trustedProxies: ['10.0.0.0/8'] });
 * const headers = { 'x-forwarded-for': '203.0.113.9, 192.0.2.1, 10.1.2.3' };
 * const request = new Request('https://app.example/', { headers });
 * console.log(addressOf(request, '10.0.0.5')); // 192.0.2.1: what was before it, the client wrote
 * console.log(addressOf(request, '198.51.100.7')); // 198.51.100.7: no proxy of ours
 * ```
 */
export function clientAddress({
  trustedProxies,
  hops,
  header = 'x-forwarded-for',
  ...others
}: ClientAddressOptions): (request: RequestLike, peer?: string) => string | undefined {
  assertNoOthers(others);
  if (!trustedProxies === (hops === undefined)) throw new TypeError('trustedProxies or hops: one of them');
  if (hops !== undefined) assertWhole('hops', hops, 1, 32);
  if (!/^[!#$%&'*+.^_`|~\da-z-]+$/.test(header)) throw new TypeError('header: a name in lower case');
  const networks = trustedProxies?.map(networkOf) ?? [];
  const isTrusted = (address: string | undefined): boolean => {
    const bits = bitsOf(address);
    return bits !== undefined && networks.some(({ prefix }) => bits.startsWith(prefix));
  };
  const known = (address: string | undefined): string | undefined => (addressGroups(address) ? address : undefined);

  return (request, peer) => {
    if (trustedProxies && !isTrusted(peer)) return known(peer);
    const value = request.headers.get(header) ?? '';
    // The right end is what our own proxies wrote; beyond what it takes to get through all of them nothing is read.
    const entries = header === 'forwarded' ? forwardedFor(value) : value.split(',').map((entry) => entry.trim());
    if (hops !== undefined) return known(entries.at(-hops));
    // The first from the right that is no proxy of ours; if all are, the one that was there first.
    return known([...entries].reverse().find((entry) => !isTrusted(entry)) ?? entries[0]);
  };
}

/** The 128 bits of an address, as text. */
function bitsOf(address: string | undefined): string | undefined {
  return addressGroups(address)
    ?.map((group) => parseInt(group, 16).toString(2).padStart(16, '0'))
    .join('');
}

function networkOf(network: string): { readonly prefix: string } {
  const [address = '', length, ...more] = `${network}`.split('/');
  const bits = bitsOf(address);
  const isIpv4 = !address.includes(':');
  const most = isIpv4 ? 32 : 128;
  const kept = length === undefined ? most : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
  if (!bits || more.length || /[[\]%]/.test(address) || !(kept <= most)) {
    throw new TypeError(`trustedProxies: ${network} is no network such as 10.0.0.0/8`);
  }
  // An IPv4 address is the end of one of IPv6.
  const prefix = bits.slice(0, kept + 128 - most);
  // Bits beyond the length are a mistake: 10.1.0.0/8 is meant to be less than it would be.
  if (/1/.test(bits.slice(prefix.length))) throw new TypeError(`trustedProxies: ${network} has bits beyond its length`);
  return { prefix };
}

/** The `for` of each element, in order (RFC 7239 §4). What is no address there is a text that is none. */
function forwardedFor(value: string): readonly string[] {
  return value.split(',').map((element) => {
    const found = element
      .split(';')
      .flatMap((pair) => /^\s*for=(?:"([^"\\]*)"|([^"\s]*))\s*$/i.exec(pair)?.slice(1) ?? []);
    const named = found.filter((each) => each !== undefined);
    // Twice in one element is what no proxy writes.
    return named.length === 1 ? (named[0] ?? '') : '';
  });
}
