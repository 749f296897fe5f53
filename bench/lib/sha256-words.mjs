const PRIMES = primes(64);
const K = Int32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));
const INITIAL = Int32Array.from(PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
const BLOCK = 64;
const w = new Int32Array(64);

/**
 * SHA-256 (FIPS 180-4) of one block of ASCII, read straight out of the string. A floor to be measured against, and not a
 * product: it hashes nothing else, and doesn't check that it should.
 *
 * @param {string} text At most 55 characters of ASCII.
 * @param {Int32Array} digest Gets the eight words.
 */
export function sha256Words(text, digest) {
  putText(text, 0, 0);
  compress(INITIAL, digest);
}

/**
 * HMAC-SHA-256 (RFC 2104) of ASCII: what depends on the key alone is done once; of a short text two blocks are left.
 *
 * @param {string} key At most 64 characters up to U+00FF.
 * @returns {(text: string, mac: Int32Array) => void} Takes as {@link sha256Words}.
 */
export function hmacWords(key) {
  const inner = afterKey(key, 0x36);
  const outer = afterKey(key, 0x5c);
  return (text, mac) => {
    let state = inner;
    let from = 0;
    // What is left has room for its end in one block, or takes another.
    for (; text.length - from > BLOCK - 9; from += BLOCK) {
      putText(text, from, BLOCK);
      compress(state, mac);
      state = mac;
    }
    putText(text, from, BLOCK);
    compress(state, mac);
    for (let i = 0; i < 8; i++) w[i] = mac[i];
    w[8] = 0x80 << 24;
    w.fill(0, 9, 15);
    w[15] = (BLOCK + 32) * 8;
    compress(outer, mac);
  };
}

/** The state behind a block of the key. */
function afterKey(key, pad) {
  for (let i = 0; i < 16; i++) {
    // Beyond the key's end its characters are NaN, which counts as 0.
    const byte = (at) => (key.charCodeAt(4 * i + at) ^ pad) & 0xff;
    w[i] = (byte(0) << 24) | (byte(1) << 16) | (byte(2) << 8) | byte(3);
  }
  const state = new Int32Array(8);
  compress(INITIAL, state);
  return state;
}

/**
 * A block of a message: what of a text begins at `from`, and behind its end the end of the message, of which `before` bytes
 * came before the text.
 */
function putText(text, from, before) {
  const end = Math.min(text.length, from + BLOCK);
  const whole = Math.max(end - from, 0) >> 2;
  let at = from;
  for (let i = 0; i < whole; i++, at += 4) {
    w[i] =
      (text.charCodeAt(at) << 24) |
      (text.charCodeAt(at + 1) << 16) |
      (text.charCodeAt(at + 2) << 8) |
      text.charCodeAt(at + 3);
  }
  if (whole === 16) return;
  w.fill(0, whole, 16);
  for (let i = at; i < end; i++) w[whole] |= text.charCodeAt(i) << (24 - 8 * (i & 3));
  if (end >= from) w[whole] |= 0x80 << (24 - 8 * (end & 3));
  if (end - from <= BLOCK - 9) w[15] = (before + text.length) * 8;
}

/** One block, which is in the first sixteen words of `w`, behind the state `from`. */
function compress(from, into) {
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15];
    const y = w[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  let a = from[0];
  let b = from[1];
  let c = from[2];
  let d = from[3];
  let e = from[4];
  let f = from[5];
  let g = from[6];
  let h = from[7];
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
  into[0] = from[0] + a;
  into[1] = from[1] + b;
  into[2] = from[2] + c;
  into[3] = from[3] + d;
  into[4] = from[4] + e;
  into[5] = from[5] + f;
  into[6] = from[6] + g;
  into[7] = from[7] + h;
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
