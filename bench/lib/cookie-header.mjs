/**
 * A `Cookie` header as a browser would send it: the one cookie that is looked for, in the middle of others.
 *
 * None of the others is percent-encoded, which spares a peer that decodes all of them.
 *
 * @param {string} pair `name=value`.
 * @param {number} count How many cookies there are in all.
 */
export function cookieHeader(pair, count) {
  const pairs = Array.from(
    { length: count - 1 },
    (_, index) => OTHERS[index] ?? `app_setting_${index}=value-of-${index}`,
  );
  pairs.splice(count >> 1, 0, pair);
  return pairs.join('; ');
}

/** What sites find beside their own: analytics, consent, preferences. */
const OTHERS = [
  '_ga=GA1.2.1832917483.1764000000',
  'theme=dark',
  '_ga_7XK2PQ9L=GS1.1.1764000000.3.1.1764000321.0.0.0',
  'lang=en-GB',
  'consent=analytics:1|ads:0|v:4',
  '_fbp=fb.1.1764000000000.482910384',
  'cart=c_81Hq02Lm',
  'ab_checkout=variant-b',
  'last_seen=1764000123',
];
