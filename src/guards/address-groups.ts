/**
 * The eight groups of an IPv6 address (RFC 4291 §2.2) in lower-case hexadecimal without leading zeros; an IPv4 address as one that is
 * mapped (§2.5.5.2). Brackets, a port and a zone are left out.
 *
 * @param address As the platform tells it, or as a proxy wrote it.
 * @returns `undefined` for what is no address.
 */
export function addressGroups(address: string | undefined): readonly string[] | undefined {
  const text = (address ?? '').trim().toLowerCase();
  if (text.length > 64) return undefined;
  // Some gateways write the port as well, which is another one with each connection: a bucket for each would be none.
  const bare = (/^\[(.*)\](:\d+)?$/.exec(text)?.[1] ?? text.replace(/^([\d.]+):\d+$/, '$1')).replace(/%.*$/, '');
  return groupsOf(isIpv4(bare) ? `::ffff:${bare}` : bare);
}

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
