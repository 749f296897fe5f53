/**
 * The network of a client's address: an IPv4 address as it is, 64 bits of an IPv6 address. Whoever has one address of IPv6 has
 * 2^64 of them, and a limit for each would be none. `::ffff:192.0.2.1` is `192.0.2.1`.
 *
 * @param address As the platform tells it. What is no address comes back as it is.
 */
export function networkOf(address: string): string {
  const text = address.toLowerCase().replace(/%.*$/, '');
  const mapped = /^(?:0*:)*:?ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (mapped) return mapped[1] as string;
  if (!/^[\da-f:.]+$/.test(text) || !text.includes(':')) return address;
  const [head = '', tail] = text.split('::');
  const before = head ? head.split(':') : [];
  const after = tail ? tail.split(':') : [];
  const zeros =
    tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  const groups = [...before, ...zeros, ...after].slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${groups.join(':')}::/64`;
}
