const PRIMES = primes(64);
const K = Int32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));
const [A, B, C, D, E, F, G, H] = PRIMES.map((prime) => fraction(Math.sqrt(prime)));
const w = new Int32Array(64);

/**
 * SHA-256 (FIPS 180-4) of one block of ASCII, read straight out of the string. A floor to be measured against, and not a
 * product: it hashes nothing else, and doesn't check that it should.
 *
 * @param {string} text At most 55 characters of ASCII.
 * @param {Int32Array} digest Gets the eight words.
 */
export function sha256Words(text, digest) {
  schedule(text);
  let a = A;
  let b = B;
  let c = C;
  let d = D;
  let e = E;
  let f = F;
  let g = G;
  let h = H;
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + (g ^ (e & (f ^ g))) + K[i] + w[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) | (c & (a | b)))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  digest[0] = A + a;
  digest[1] = B + b;
  digest[2] = C + c;
  digest[3] = D + d;
  digest[4] = E + e;
  digest[5] = F + f;
  digest[6] = G + g;
  digest[7] = H + h;
}

function schedule(text) {
  const { length } = text;
  const whole = length >> 2;
  let at = 0;
  for (let i = 0; i < whole; i++, at += 4) {
    w[i] =
      (text.charCodeAt(at) << 24) |
      (text.charCodeAt(at + 1) << 16) |
      (text.charCodeAt(at + 2) << 8) |
      text.charCodeAt(at + 3);
  }
  w.fill(0, whole, 15);
  for (let i = at; i < length; i++) w[whole] |= text.charCodeAt(i) << (24 - 8 * (i & 3));
  w[whole] |= 0x80 << (24 - 8 * (length & 3));
  w[15] = length * 8;
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15];
    const y = w[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
}

/** The first 32 bits after the point. */
function fraction(number) {
  return Math.floor((number % 1) * 2 ** 32) | 0;
}

function primes(count) {
  const found = [];
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime)) found.push(n);
  return found;
}
