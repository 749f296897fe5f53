/** Endless values of headers, the same ones for one seed: pieces of the grammar put together, and then spoilt. */
export interface Generator {
  authorization(): string;
  cookie(): string;
}

export function generator(seed: number): Generator {
  const random = randomOf(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const times = (limit: number, part: () => string) => Array.from({ length: below(limit + 1) }, part).join('');

  const character = () => (below(3) ? pick(HOSTILE) : String.fromCharCode(below(below(8) ? 0x100 : 0x10000)));
  const blank = () => (below(3) ? '' : pick([' ', '  ', '\t', ' \t ']));
  const word = () => pick(WORDS);
  const quoted = () => `"${times(4, () => pick([word(), ' ', ', ', '\\"', '\\\\', '\\a', '=', ';', '\u00e4', '\t']))}"`;
  const param = () => `${word()}${blank()}=${blank()}${below(2) ? word() : quoted()}`;
  const separator = () => `${blank()},${below(4) ? '' : ' ,'}${blank()}`;
  const params = () => Array.from({ length: 1 + below(4) }, param).join(separator());
  const token68 = () => pick(['YTpi', 'YTpjOmQ=', 'dXNlcjpwYXNz', 'a-b.c_d~e+f/g==', word(), `${word()}=`]);
  const credential = () => {
    const scheme = pick(SCHEMES);
    const form = below(8);
    if (form === 0) return scheme;
    return `${scheme}${pick([' ', ' ', ' ', '  ', '\t', ''])}${form < 4 ? token68() : params()}`;
  };

  const cookie = () => {
    const form = below(10);
    if (form === 0) return pick(NAMES);
    if (form === 1) return `=${pick(NAMES)}=${word()}`;
    const value = below(4)
      ? word()
      : pick([quoted(), `${word()}, ${pick(NAMES)}=${word()}`, '', `${word()}=${word()}`, '%41%']);
    return `${blank()}${pick(NAMES)}${blank()}=${blank()}${value}${blank()}`;
  };

  /** Deletes, doubles, moves or puts in characters: most values stay almost right, where parsers disagree. */
  const spoil = (value: string): string => {
    for (let count = below(2) ? below(4) : 0; count > 0; count--) {
      const at = below(value.length + 1);
      const [head, tail] = [value.slice(0, at), value.slice(at)];
      value = pick([
        () => head + character() + tail,
        () => head + tail.slice(1),
        () => head + tail.slice(0, 1) + tail,
        () => head.slice(below(head.length + 1)) + tail,
        () => head,
        () => tail + head,
      ])();
    }
    return value;
  };

  return {
    authorization: () =>
      spoil(below(5) ? credential() : Array.from({ length: 2 + below(2) }, credential).join(separator())),
    cookie: () => spoil(Array.from({ length: 1 + below(6) }, cookie).join(pick(['; ', ';', '; ', ' ; ', ', ']))),
  };
}

const SCHEMES = ['Basic', 'basic', 'BASIC', 'Bearer', 'Digest', 'Negotiate', 'DPoP', 'Basics', 'X!#'];
const WORDS = [
  'a',
  'b',
  'A',
  'realm',
  'nonce',
  'Basic',
  'YTpi',
  'x-y',
  '0',
  '__proto__',
  '__Host-sid',
  "!#$%&'*+-.^_`|~",
];
const NAMES = [
  'sid',
  'SID',
  '__Host-sid',
  '__host-sid',
  '__proto__',
  'constructor',
  '$Version',
  'a',
  'a b',
  '\u00a0__Host-sid',
];
const HOSTILE = [
  ...'",;=\\ \t\r\n\0:/()<>@[]?{}'.split(''),
  '\u007f',
  '\u0085',
  '\u00a0',
  '\u2028',
  '\ufeff',
  '\ud800',
  '%',
];

/** Numbers from 0 to 1: mulberry32, which is small and good enough to choose by. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
