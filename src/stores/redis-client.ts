import { withTimeout } from './with-timeout.ts';

/** What is called of a client of the package `ioredis`: `Redis` and `Cluster` fit. */
export interface IoRedisClient {
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
  evalsha(sha1: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
}

/** What is called of a client of the package `redis`: a client, a cluster, a pool and a sentinel fit. */
export interface NodeRedisClient {
  eval(script: string, options: NodeRedisCall): Promise<unknown>;
  evalSha(sha1: string, options: NodeRedisCall): Promise<unknown>;
}

/** The keys and arguments of a script, as the package `redis` takes them. */
export interface NodeRedisCall {
  keys: string[];
  arguments: string[];
}

export type RedisClient = IoRedisClient | NodeRedisClient;

/** Runs a script. */
export type RunScript = (
  script: string,
  keys: readonly string[],
  values: readonly (string | number)[],
) => Promise<unknown>;

/**
 * How scripts are run with that client: by hash, and in full where the server does not know it, as after a restart.
 *
 * @param timeout In seconds, for both together.
 * @throws TypeError On what is no client of the two packages.
 */
export function scriptRunner(client: RedisClient, timeout: number): RunScript {
  const { byHash, inFull } = callsOf(client);
  const hashes = new Map<string, string>();

  const run: RunScript = async (script, keys, values) => {
    const texts = values.map(String);
    let hash = hashes.get(script);
    if (hash === undefined) {
      // The text is kept, not the promise: on Workers no request may wait for what another has begun.
      hash = await sha1(script);
      hashes.set(script, hash);
    }
    try {
      return await byHash(hash, [...keys], texts);
    } catch (error) {
      // Nothing has run yet, so nothing runs twice.
      if (!messageOf(error).startsWith('NOSCRIPT')) throw error;
      return await inFull(script, [...keys], texts);
    }
  };

  return async (script, keys, values) => {
    try {
      return await withTimeout(run(script, keys, values), timeout);
    } catch (error) {
      // The client's own error is not passed on, nor as a cause: ioredis hangs the whole command on it, and who logs an error
      // would log subjects and data.
      throw new Error(`redisStore: ${messageOf(error)}`);
    }
  };
}

type Calls = Readonly<
  Record<'byHash' | 'inFull', (script: string, keys: string[], values: string[]) => Promise<unknown>>
>;

/** The one place that asks whose client it is. */
function callsOf(client: RedisClient): Calls {
  if (typeof (client as Partial<NodeRedisClient> | undefined)?.evalSha === 'function') {
    const redis = client as NodeRedisClient;
    return {
      byHash: (hash, keys, values) => redis.evalSha(hash, { keys, arguments: values }),
      inFull: (script, keys, values) => redis.eval(script, { keys, arguments: values }),
    };
  }
  if (typeof (client as Partial<IoRedisClient> | undefined)?.evalsha === 'function') {
    const redis = client as IoRedisClient;
    return {
      byHash: (hash, keys, values) => redis.evalsha(hash, keys.length, ...keys, ...values),
      inFull: (script, keys, values) => redis.eval(script, keys.length, ...keys, ...values),
    };
  }
  throw new TypeError(
    "redisStore(): the client must be one of the package 'ioredis' or 'redis': it has neither evalsha nor evalSha",
  );
}

/** What went wrong, without what was asked: Redis repeats the arguments of a command that it does not know. */
function messageOf(error: unknown): string {
  const { message, code, name } = (error ?? {}) as { message?: unknown; code?: unknown; name?: unknown };
  return String(message || code || name).replace(/,? with args beginning with.*/s, '');
}

async function sha1(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
