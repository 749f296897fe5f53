/**
 * A store in Redis, Valkey, or what else speaks their protocol and runs their scripts: one server, a cluster, or behind
 * sentinels.
 *
 * @module countersign/redis-store
 */
import { checkStoreOptions } from './check-options.ts';
import type { Page, PageRequest, RecordKey, Store, StoreRecord, SubjectKey } from './contract.ts';
import { type RedisClient, type RunScript, scriptRunner } from './redis-client.ts';
import { ADVANCE, CREATE, DELETE, END_ALL, EPOCH, LIST, LIST_STEP, READ, SWAP, TOUCH } from './redis-scripts.ts';

export type * from './contract.ts';
export type { IoRedisClient, NodeRedisCall, NodeRedisClient, RedisClient } from './redis-client.ts';

export interface RedisStoreOptions {
  /** What all keys begin with. Default `countersign`. Not `{` or `}`, which Redis clusters look for. */
  readonly prefix?: string | undefined;
  /** How long a call may take, in seconds. Default 5. Then it is a throw, hence a 503, and what it does later is not heard. */
  readonly timeout?: number | undefined;
}

/** How many scripts a list runs at most beyond what its page needs, where it finds little but the dead. */
const LIST_PATIENCE = 20;

/**
 * Keeps records and counters in Redis 6.0 or later, or Valkey. Each verb is one script, hence one step and one round trip; only
 * a list may take more. All keys of a call have one hash tag, so a cluster runs them on one node; while a slot moves to another
 * node, calls for what is in it are 503s.
 *
 * All three capabilities hold of one primary: scripts are never sent to replicas, whatever the client is told about reads. Three
 * things are up to whoever runs the server:
 *
 * - *What is on disk.* With `appendonly yes` and `appendfsync always` nothing that was acknowledged is lost when the server or its
 *   machine dies. `everysec`, the default of an append-only file, loses a second; without one it is minutes or everything. What
 *   was ended in that time is alive again.
 * - *Failover.* Replicas follow after the answer is given: a replica that becomes the primary may lack the last writes, also
 *   those that ended something. `min-replicas-to-write` makes it less, not none.
 * - *Memory.* `maxmemory-policy noeviction`: a full server then refuses to write, hence a 503. Any other policy signs people
 *   out, forgets counters, and under `allkeys-*` forgets that something was ended. What has expired goes by itself; that all of
 *   a subject was ended is kept for ever, some 150 bytes each.
 *
 * A client should fail at once while the server is down, and never send a command twice: by default `ioredis` sends again what
 * was under way when a connection broke, and whoever rotated a session is told that somebody else did. So `Redis` needs
 * `maxRetriesPerRequest: 0`, `Cluster` needs `retryDelayOnFailover: 0`, and a client of `redis` needs `disableOfflineQueue: true`.
 * All need an `error` listener. The store connects nothing and closes nothing.
 *
 * *Not checked*: the policy, persistence and version of the server; how the client is set up; that no other application uses the
 * prefix.
 *
 * @param client Of the package `ioredis` or `redis`, also their clusters.
 * @param options `prefix`, default `countersign`; `timeout` in seconds, default 5.
 * @returns A store whose verbs reject where Redis fails, is full, or does not answer in time. The messages hold no ids and no data;
 *   the client's own error is not attached, for it may. A page of a list may be short, and still name a next one, where thousands
 *   of dead records lie between.
 * @throws TypeError On another client, an unknown option, a `prefix` with braces, or a `timeout` that is no number of seconds from above 0 to 3600.
 *
 * @example
 * ```ts
 * import { protect } from 'countersign';
 * import { redisStore } from 'countersign/redis-store';
 * import { session } from 'countersign/session';
 * import { Redis } from 'ioredis';
 *
 * const client = new Redis('redis://127.0.0.1:6379', { maxRetriesPerRequest: 0, lazyConnect: true });
 * client.on('error', (error) => console.error(error.message));
 * const sessions = session({
 *   secret: 'not a secret: an example of 32 bytes',
 *   store: redisStore(client),
 *   load: ({ subject }) => ({ name: subject }),
 * });
 * export default { fetch: protect(sessions, (_request, { principal }) => new Response(principal.name)) };
 * ```
 */
export function redisStore(
  client: RedisClient,
  { prefix = 'countersign', timeout = 5, ...others }: RedisStoreOptions = {},
): Store {
  checkStoreOptions('redisStore()', others, timeout);
  if (typeof prefix !== 'string' || /[{}]/.test(prefix)) {
    throw new TypeError('redisStore(): prefix must be text without { and }');
  }
  const run = scriptRunner(client, timeout);

  const start = (partition: string): string => `${prefix}:{${hashTag(partition)}}`;
  const keysOf = ({ kind, partition }: RecordKey | SubjectKey): readonly string[] =>
    ['r', 'e', 'i'].map((part) => `${start(partition)}:${part}:${kind}`);

  return {
    capabilities: { atomic: true, consistent: true, counters: true },

    async create(key, { subject, epoch, createdAt, expiresAt, endsAt, data }, now) {
      const values = [key.id, now, subject, epoch, createdAt, expiresAt, endsAt, data];
      return isOne(await run(CREATE, keysOf(key), values));
    },

    async read(key, now) {
      const row = await run(READ, keysOf(key), [key.id, now]);
      return row ? recordOf(row as Row) : undefined;
    },

    async swap(key, version, { usedAt, expiresAt, data }, now, newId = key.id) {
      return isOne(await run(SWAP, keysOf(key), [key.id, now, version, usedAt, expiresAt, data, newId]));
    },

    async touch(key, { at, ifBefore, expiresAt }) {
      return isOne(await run(TOUCH, keysOf(key), [key.id, at, ifBefore, expiresAt]));
    },

    async delete(key, now) {
      return isOne(await run(DELETE, keysOf(key), [key.id, now]));
    },

    list: (owner, page, now) => pageOf(run, keysOf(owner), owner.subject, page, now),

    async endAll(owner, now, exceptId) {
      const spared = exceptId === undefined ? [] : [exceptId];
      return Number(await run(END_ALL, keysOf(owner), [owner.subject, now, ...spared]));
    },

    async epoch(owner) {
      return Number(await run(EPOCH, keysOf(owner), [owner.subject]));
    },

    async advance({ kind, partition, id }, { floor, by, ceiling, expiresAt }, now) {
      // The length first: two keys never make one text.
      const key = `${start(partition)}:c:${kind.length}:${kind}${id}`;
      const [ok, value] = (await run(ADVANCE, [key], [floor, by, ceiling, expiresAt, now])) as Row;
      return { ok: isOne(ok), value: Number(value) };
    },
  };
}

/** A record as a script gives it, or a part of it. A client may be told to make of texts something else. */
type Row = readonly unknown[];

function recordOf([subject, numbers, data]: Row): StoreRecord {
  const [epoch, createdAt, usedAt, expiresAt, endsAt, version] = String(numbers).split(' ').map(Number) as Numbers;
  return { subject: String(subject), epoch, createdAt, usedAt, expiresAt, endsAt, version, data: String(data) };
}

type Numbers = [epoch: number, createdAt: number, usedAt: number, expiresAt: number, endsAt: number, version: number];

function isOne(answer: unknown): boolean {
  return Number(answer) === 1;
}

/**
 * A partition as it stands between the braces of a key, where a cluster ends it at the first `}` and takes an empty one for none.
 * No two become one.
 */
function hashTag(partition: string): string {
  return partition.replace(/[%}]/g, (mark) => (mark === '%' ? '%25' : '%7D')) || '%';
}

async function pageOf(
  run: RunScript,
  keys: readonly string[],
  subject: string,
  { after = '', limit }: PageRequest,
  now: number,
): Promise<Page> {
  const found: Page['records'][number][] = [];
  let position = after;
  for (let turns = Math.ceil(limit / LIST_STEP) + LIST_PATIENCE; turns > 0; turns--) {
    // One more than the page holds tells whether it is the last.
    const values = [subject, now, position, limit + 1 - found.length];
    const [reached, rows] = (await run(LIST, keys, values)) as [unknown, readonly Row[]];
    for (const [id, ...row] of rows) found.push({ ...recordOf(row), id: String(id) });
    position = String(reached);
    if (found.length > limit || position === '') break;
  }
  const records = found.slice(0, limit);
  const last = records.at(-1);
  if (found.length > limit) return { records, next: last && positionOf(last) };
  return { records, next: position || undefined };
}

/** As the index sorts; see the scripts. */
function positionOf({ createdAt, id }: { readonly createdAt: number; readonly id: string }): string {
  return `${String(999_999_999_999 - createdAt).padStart(12, '0')}${id}`;
}
