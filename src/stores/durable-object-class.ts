import type { MaybePromise } from '../core/chain.ts';
import { parseCall } from './durable-object-calls.ts';
import { OBJECT_TABLES, type ObjectSql, type ObjectVerbs, objectVerbs } from './durable-object-verbs.ts';

/** Where the store sends its calls. No address that the public could ask for. */
export const OBJECT_URL = 'https://countersign.invalid/';

/** What is used of the state that Cloudflare hands to an object. */
export interface ObjectState {
  readonly storage: {
    readonly sql: ObjectSql;
    transactionSync<Answer>(act: () => Answer): Answer;
    getAlarm(): Promise<number | null>;
    setAlarm(at: number): Promise<void>;
    deleteAll(): Promise<void>;
  };
}

const HOUR = 3_600_000;
/** What has been dead for so long is dead by every clock. */
const GRACE = 24 * HOUR;
/** An alarm further ahead than a platform's clock reaches would be an error. */
const FARTHEST = 30 * 24 * HOUR;
const ROWS_A_SWEEP = 1000;

/** What is answered where nothing was ever written. */
const OF_NOTHING: { readonly [verb: string]: unknown } = {
  read: undefined,
  swap: false,
  touch: false,
  delete: false,
  list: { records: [] },
  epoch: 0,
};

/**
 * The Durable Object that keeps one partition, for {@link durableObjectStore}: a Worker exports it, and binds it with SQLite
 * as its storage (`new_sqlite_classes`).
 *
 * It takes no part of the platform's `DurableObject` class, so there is nothing to import. What has expired is swept by its
 * alarm, a day later; an object that has become empty deletes all it has, so keep nothing else in it.
 */
export class CountersignObject {
  /** Never there. The types that `wrangler types` writes ask it of every Durable Object. */
  declare readonly __DURABLE_OBJECT_BRAND: never;
  readonly #storage: ObjectState['storage'];
  readonly #verbs: ObjectVerbs;
  #hasTables: boolean;
  /** In milliseconds; `undefined` before the platform was asked. */
  #alarmAt: number | null | undefined;

  constructor({ storage }: ObjectState, _bindings?: unknown) {
    this.#storage = storage;
    this.#verbs = objectVerbs(storage.sql);
    const found = storage.sql.exec("select 1 from sqlite_master where name = 'countersign_counters'");
    this.#hasTables = found.toArray().length > 0;
  }

  /** Answers a call of the store. 404 for any other request, 400 for a call that is none. */
  async fetch(request: { readonly url: string; text(): Promise<string> }): Promise<Response> {
    // A Worker that hands the public's requests on to its objects must not open the store to the public.
    if (request.url !== OBJECT_URL) return new Response(null, { status: 404 });
    const call = parseCall(await request.text());
    if (!call) return new Response(null, { status: 400 });
    const [verb, ...given] = call;
    // Ids come from outside, and name their object: looking for one that nobody issued must not make a database.
    if (!this.#hasTables && Object.hasOwn(OF_NOTHING, verb)) return Response.json({ answer: OF_NOTHING[verb] });
    const answer = this.#storage.transactionSync(() => {
      if (!this.#hasTables) this.#storage.sql.exec(OBJECT_TABLES);
      return (this.#verbs[verb as keyof ObjectVerbs] as (...given: readonly unknown[]) => unknown)(...given);
    });
    this.#hasTables = true;
    if (verb === 'create' || verb === 'advance') {
      await this.#sweepAfter((given[1] as { readonly expiresAt: number }).expiresAt * 1000);
    }
    return Response.json({ answer });
  }

  /** Sweeps some of what is long dead, and sets the next alarm. Called by the platform. */
  async alarm(): Promise<void> {
    const { sql } = this.#storage;
    this.#alarmAt = null;
    if (!this.#hasTables) return;
    const before = Math.floor((Date.now() - GRACE) / 1000);
    for (const table of ['countersign_records', 'countersign_counters']) {
      sql.exec(
        `delete from ${table} where (kind, id) in (select kind, id from ${table} where expiresAt <= ? limit ?)`,
        before,
        ROWS_A_SWEEP,
      );
    }
    const [left] = sql
      .exec(
        `select min(expiresAt) as next, (select count(*) from countersign_epochs) as epochs
        from (select expiresAt from countersign_records union all select expiresAt from countersign_counters)`,
      )
      .toArray() as [{ readonly next: number | null; readonly epochs: number }];
    if (left.next !== null) return this.#sweepAfter(left.next * 1000);
    if (left.epochs) return;
    this.#hasTables = false;
    await this.#storage.deleteAll();
  }

  /** Sees to it that there is an alarm by a day after that time: an hour from now at the earliest. */
  #sweepAfter(time: number): MaybePromise<void> {
    const now = Date.now();
    const at = Math.min(Math.max(time + GRACE, now + HOUR), now + FARTHEST);
    if (this.#alarmAt != null && this.#alarmAt <= at) return;
    return this.#setAlarm(at);
  }

  async #setAlarm(at: number): Promise<void> {
    this.#alarmAt ??= await this.#storage.getAlarm();
    if (this.#alarmAt !== null && this.#alarmAt <= at) return;
    this.#alarmAt = at;
    await this.#storage.setAlarm(at);
  }
}
