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
  const text = (address ?? '').trim().toLowerCase();
  if (text.length > 64) return [];
  // Some gateways write the port as well, which is another one with each connection: a bucket for each would be none.
  const bare = (/^\[(.*)\](:\d+)?$/.exec(text)?.[1] ?? text.replace(/^([\d.]+):\d+$/, '$1')).replace(/%.*$/, '');
  const groups = groupsOf(isIpv4(bare) ? `::ffff:${bare}` : bare);
  if (!groups) return [];
  if (/^(0 0 0 0 0 ffff|64 ff9b 0 0 0 0) /.test(groups.join(' '))) {
    const [high, low] = groups.slice(6).map((group) => Number.parseInt(group, 16)) as [number, number];
    return [[high >> 8, high & 255, low >> 8, low & 255].join('.')];
  }
  return [`${groups.slice(0, 4).join(':')}::/64`, `${groups.slice(0, 3).join(':')}::/48`];
}

/** The eight groups of an IPv6 address (RFC 4291 §2.2), without leading zeros. `undefined` where it is none. */
function groupsOf(address: string): readonly string[] | undefined {
  const text = address.replace(/(?<=:)\d+\.\d+\.\d+\.\d+$/, (tail) => (isIpv4(tail) ? hexOf(tail) : '!'));
  const halves = text.split('::').map((half) => (half ? half.split(':') : []));
  const [before = [], after] = halves;
  const missing = 8 - before.length - (after?.length ?? 0);
  // `::` is for one group at least, and there is one of it.
  if (halves.length > 2 || (after ? missing < 1 : missing !== 0)) return undefined;
  const groups = [...before, ...Array.from({ length: missing }, () => '0'), ...(after ?? [])];
  if (!groups.every((group) => /^[\da-f]{1,4}$/.test(group))) return undefined;
  return groups.map((group) => group.replace(/^0+(?=.)/, ''));
}

/** Decimal, without leading zeros: those would be octal to some. */
function isIpv4(text: string): boolean {
  const octet = /^(0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])$/;
  const octets = text.split('.');
  return octets.length === 4 && octets.every((each) => octet.test(each));
}

function hexOf(ipv4: string): string {
  const [a, b, c, d] = ipv4.split('.').map(Number) as [number, number, number, number];
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}
