import { Redis } from 'ioredis';
import { redisStore } from '../../src/stores/redis.ts';
import type { Opened } from '../contract/two-processes.ts';

/** A store in Redis. @param url As `redis://127.0.0.1:6379/#prefix`; another prefix is another store. */
export async function open(url: string): Promise<Opened> {
  const { hash, port } = new URL(url);
  const client = new Redis(Number(port));
  return { store: redisStore(client, { prefix: hash.slice(1) }), close: () => client.disconnect() };
}
