import { addressGroups } from './address-groups.ts';

/**
 * What a client's address is counted under, the smallest network first: an IPv4 address as it is; of an IPv6 address the 64 bits
 * that a customer has at least, then the 48 bits that are the most one usually gets (RFC 6177).
 *
 * All spellings of an address are one: upper case, leading zeros, `::` wherever it is, a zone, brackets, a port, IPv4 within IPv6
 * (RFC 4291 §2.5.5.2) and behind a NAT64 (RFC 6052 §2.1).
 *
 * @param address As the platform tells it, or as a proxy wrote it.
 * @returns None for what is no address.
 */
export function networksOf(address: string | undefined): readonly string[] {
  const groups = addressGroups(address);
  if (!groups) return [];
  if (/^(0 0 0 0 0 ffff|64 ff9b 0 0 0 0) /.test(groups.join(' '))) {
    const [high, low] = groups.slice(6).map((group) => Number.parseInt(group, 16)) as [number, number];
    return [[high >> 8, high & 255, low >> 8, low & 255].join('.')];
  }
  return [`${groups.slice(0, 4).join(':')}::/64`, `${groups.slice(0, 3).join(':')}::/48`];
}
