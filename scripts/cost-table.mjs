// node scripts/cost-table.mjs [--write]: what each design asks of a store, as the table in docs/guides/scaling.md.
// The arithmetic is checked against the real thing by test/docs/cost-table.test.ts.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {object} Load Steady; each person has one session and is as likely as any other to send the next request.
 * @property {number} rate Requests a second.
 * @property {number} sessions How many are in use.
 * @property {number} processes Each request goes to any of them.
 * @property {number} ends How many sessions end a second, and as many begin.
 * @property {number} idle Seconds. A session is renewed in half of that.
 */

/**
 * @typedef {object} Design
 * @property {string} name
 * @property {'stored' | 'sealed'} keeps
 * @property {number} [maxStaleness] Of a sealed session, in seconds.
 * @property {{ maxAge: number, pollEvery?: number }} [cache] Without `pollEvery` there is no feed.
 * @property {boolean} [isSticky] All requests of one session go to one process.
 * @property {boolean} [isLocal] The store is the process's memory.
 */

/** @typedef {{ reads: number, writes: number, bytes: number }} Cost A second. */

/**
 * Bytes of one call, asked and answered, as JSON: a session without data, a subject of 16 characters. What a driver's protocol
 * puts around them comes on top.
 */
const BYTES = {
  read: 260,
  epoch: 80,
  create: 253,
  delete: 116,
  touch: 168,
  // Of a sealed session: whether it has ended, which as a rule it has not; and that it has.
  readEnded: 144,
  createEnded: 261,
  // Of the feed.
  createEntry: 205,
  list: 114,
  listedEntry: 168,
};

/** The defaults of `cachedStore`, and how the feed is laid out. */
const TOLERANCE = 5;
const MARGIN = 5 + TOLERANCE + 1;
const BUCKET = 60;

/**
 * @param {Design} design
 * @param {Load} load
 * @returns {Cost}
 */
export function costOf(design, load) {
  if (design.isLocal) return { reads: 0, writes: 0, bytes: 0 };
  if (design.keeps === 'sealed') return sealed(design, load);
  if (!design.cache) return stored(load, load.rate);
  // A copy is made, serves for `maxAge`, and the next request that finds it too old makes another.
  const copies = load.sessions * (design.isSticky ? 1 : load.processes);
  const lookUps = copies / (design.cache.maxAge + copies / load.rate);
  const cost = stored(load, lookUps);
  return design.cache.pollEvery ? plus(cost, feed(design.cache.pollEvery, load, load.rate - lookUps)) : cost;
}

/**
 * A sign-in reads the epoch and creates; a sign-out deletes.
 *
 * @param {Load} load
 * @param {number} reads
 * @returns {Cost}
 */
function stored({ rate, sessions, ends, idle }, reads) {
  const touches = sessions / (idle / 2 + sessions / rate);
  return {
    reads: reads + ends,
    writes: 2 * ends + touches,
    bytes: reads * BYTES.read + ends * (BYTES.epoch + BYTES.create + BYTES.delete) + touches * BYTES.touch,
  };
}

/**
 * A look-up is two reads. A sign-in reads the epoch; a sign-out creates.
 *
 * @param {Design} design
 * @param {Load} load
 * @returns {Cost}
 */
function sealed({ maxStaleness = 0 }, { rate, sessions, ends }) {
  const lookUps = maxStaleness ? sessions / (maxStaleness + sessions / rate) : rate;
  return {
    reads: 2 * lookUps + ends,
    writes: ends,
    bytes: lookUps * (BYTES.epoch + BYTES.readEnded) + ends * (BYTES.epoch + BYTES.createEnded),
  };
}

/**
 * What the feed costs on top.
 *
 * @param {number} pollEvery
 * @param {Load} load
 * @param {number} hits Answers from memory a second.
 * @returns {Cost}
 */
function feed(pollEvery, { processes, ends }, hits) {
  // A process polls with the first answer from memory after `pollEvery` whole seconds.
  const quiet = Math.exp(-hits / processes);
  const interval = pollEvery + quiet / (1 - quiet);
  const polls = processes / interval;
  // It asks for each minute that it may have missed something of, and gets the minute's entries to date.
  const lists = polls * (1 + (interval + MARGIN + TOLERANCE + 1) / BUCKET);
  const listed = polls * ends * (interval + MARGIN + BUCKET / 2);
  return {
    reads: lists,
    writes: ends,
    bytes: lists * BYTES.list + listed * BYTES.listedEntry + ends * BYTES.createEntry,
  };
}

/**
 * @param {Cost} one
 * @param {Cost} other
 * @returns {Cost}
 */
function plus(one, other) {
  return { reads: one.reads + other.reads, writes: one.writes + other.writes, bytes: one.bytes + other.bytes };
}

/** @type {readonly (Design & { readonly late: string })[]} */
const DESIGNS = [
  { name: '`session`', keeps: 'stored', late: 'at once' },
  { name: '`sealedSession`', keeps: 'sealed', late: 'at once' },
  { name: '– `maxStaleness: 60`', keeps: 'sealed', maxStaleness: 60, late: '60 s' },
  { name: '`cachedStore`, `feed: false`', keeps: 'stored', cache: { maxAge: 60 }, late: '60 s' },
  { name: '`cachedStore`, `maxAge: 300`', keeps: 'stored', cache: { maxAge: 300, pollEvery: 2 }, late: '4 s' },
  { name: '– `pollEvery: 10`', keeps: 'stored', cache: { maxAge: 300, pollEvery: 10 }, late: '20 s' },
];
/** @type {Design & { readonly late: string }} */
const LOCAL = { name: '`session`, `memoryStore`', keeps: 'stored', isLocal: true, late: 'at once' };
/** @type {Design & { readonly late: string }} */
const STICKY = {
  name: '`cachedStore`, `maxAge: 300`, sticky',
  keeps: 'stored',
  cache: { maxAge: 300, pollEvery: 2 },
  isSticky: true,
  late: '4 s',
};

/** @type {readonly Load[]} */
const LOADS = [
  [10, 1000, 1],
  [100, 1000, 2],
  [1000, 10_000, 4],
  [10_000, 100_000, 20],
].map(([rate = 0, sessions = 0, processes = 0]) => ({
  rate,
  sessions,
  processes,
  ends: rate / 2000,
  idle: 7 * 86_400,
}));

/** @param {number} value Two digits at least. */
const round = (value) => (value < 10 ? Number(value.toPrecision(2)) : Math.round(value)).toLocaleString('en');

/** The table, as Markdown. */
function costTable() {
  const rows = LOADS.flatMap((load) => {
    const designs = load.processes === 1 ? [LOCAL, ...DESIGNS] : [...DESIGNS, STICKY];
    const { rate, sessions, processes } = load;
    const title = `**${round(rate)} requests a second**, ${round(sessions)} sessions, processes: ${processes}`;
    return [
      `| ${title} | | | | |`,
      ...designs.map((design) => {
        const { reads, writes, bytes } = costOf(design, load);
        return `| ${design.name} | ${design.late} | ${round(reads)} | ${round(writes)} | ${round(bytes / 1000)} |`;
      }),
    ];
  });
  return ['| | ended after | reads | writes | kB |', '| --- | --- | --: | --: | --: |', ...rows].join('\n');
}

const [BEGIN, END] = ['<!-- node scripts/cost-table.mjs --write -->', '<!-- end -->'];

/**
 * A guide with the table where it belongs.
 *
 * @param {string} guide
 * @returns {string}
 * @throws {Error} Where it has no place for it.
 */
export function withCostTable(guide) {
  const [before, rest, ...others] = guide.split(BEGIN);
  const end = rest?.indexOf(END) ?? -1;
  if (rest === undefined || end < 0 || others.length) throw new Error(`no place between '${BEGIN}' and '${END}'`);
  return `${before}${BEGIN}\n\n${costTable()}\n\n${rest.slice(end)}`;
}

const self = fileURLToPath(import.meta.url);
if (process.argv[1] === self) {
  if (process.argv.includes('--write')) {
    const guide = fileURLToPath(new URL('../docs/guides/scaling.md', import.meta.url));
    await writeFile(guide, withCostTable(await readFile(guide, 'utf8')));
  } else console.log(costTable());
}
