/** Runs in workerd: a case of the contract, or many records, by a request. See workerd.test.ts. */
import type { NewRecord, Store } from '../../src/stores/contract.ts';
import { d1Store } from '../../src/stores/d1.ts';
import { CountersignObject, durableObjectStore } from '../../src/stores/durable-object.ts';
import type { StoreVerb } from '../../src/stores/each-verb.ts';
import { kvStore } from '../../src/stores/kv.ts';
import { type StoreHandles, storeCases } from '../../src/testing/index.ts';
import { ADA, keyOf } from '../../src/testing/store-contract/fixture.ts';
import { type RefreshCasesOptions, type RefreshHandles, refreshCases } from '../contract/refresh-cases.ts';
import type { Bindings } from './start-workerd.ts';

/** What no store claims here, by the store. */
export const NOT_CLAIMED = { D1: [], 'Durable Objects': [], KV: ['atomic', 'consistent', 'counters'] } as const;

type StoreName = keyof typeof NOT_CLAIMED;

/** A case of the contract, by its name. */
interface Case {
  readonly store: StoreName;
  readonly run: string;
  readonly rounds: number;
}

/** Records that differ by their ids, in one object or under one prefix. */
interface Many {
  readonly store: 'Durable Objects' | 'KV';
  readonly name: string;
  readonly count: number;
  readonly record: NewRecord;
}

/** A case of families of refresh tokens, by its name. */
interface RefreshOfFamilies {
  readonly store: 'D1' | 'Durable Objects';
  readonly refresh: string;
  readonly options: RefreshCasesOptions;
}

/** One call of a store, of that name. */
interface Call {
  readonly store: 'D1' | 'Durable Objects';
  readonly name: string;
  readonly verb: StoreVerb | 'createTables';
  readonly given: readonly unknown[];
}

export type Asked = Case | Many | RefreshOfFamilies | Call;

let made = 0;
/** A name that no other case has. */
const fresh = (): string => `${Date.now()}_${made++}`;

const objectsOf = ({ OBJECTS }: Bindings, prefix: string): Store =>
  durableObjectStore({
    idFromName: (name: string) => OBJECTS.idFromName(prefix + name),
    get: (id: unknown) => OBJECTS.get(id),
  });

const stores: Readonly<Record<StoreName, (bindings: Bindings) => StoreHandles | Promise<StoreHandles>>> = {
  async D1({ DB }) {
    const options = { prefix: `t${fresh()}_` };
    await d1Store(DB, options).createTables();
    return [d1Store(DB, options), d1Store(DB, options)];
  },
  'Durable Objects': (bindings) => {
    const prefix = fresh();
    return [objectsOf(bindings, prefix), objectsOf(bindings, prefix)];
  },
  KV: ({ VALUES }) => kvStore(VALUES, { prefix: fresh() }),
};

async function runCase(bindings: Bindings, { store, run, rounds }: Case): Promise<void> {
  const cases = storeCases(() => stores[store](bindings), { rounds, notClaimed: NOT_CLAIMED[store] });
  const found = new Map(cases).get(run);
  if (!found) throw new Error('there is no such case');
  await found();
}

async function runRefresh(bindings: Bindings, { store, refresh, options }: RefreshOfFamilies): Promise<void> {
  const found = new Map(refreshCases(options)).get(refresh);
  if (!found) throw new Error('there is no such case');
  await found(async () => (await stores[store](bindings)) as unknown as RefreshHandles);
}

async function call(bindings: Bindings, { store, name, verb, given }: Call): Promise<unknown> {
  const opened = store === 'D1' ? d1Store(bindings.DB, { prefix: name }) : objectsOf(bindings, name);
  const called = (opened as unknown as Record<string, (...values: readonly unknown[]) => unknown>)[verb];
  return called?.(...given);
}

/** Adds to the object what a test needs to see: the platform's alarm at once, and what is left. The rest is as users have it. */
export class TestedObject extends CountersignObject {
  readonly #storage;

  constructor(state: ConstructorParameters<typeof CountersignObject>[0]) {
    super(state);
    this.#storage = state.storage;
  }

  override async fetch(request: Request): Promise<Response> {
    const { hostname, pathname } = new URL(request.url);
    if (hostname !== 'test.invalid') return super.fetch(request);
    if (pathname === '/alarm') await this.alarm();
    const tables = this.#storage.sql.exec(
      "select name from sqlite_master where name like 'countersign%' and type = 'table'",
    );
    const names = (tables.toArray() as { readonly name: string }[]).map(({ name }) => name);
    const rows = names.map((name) => [name, this.#storage.sql.exec(`select 1 from ${name}`).toArray().length]);
    return Response.json({ rows: Object.fromEntries(rows), alarm: await this.#storage.getAlarm() });
  }
}

/** Bound without SQLite. */
export class OldObject extends CountersignObject {}

/** Somebody else's, which says yes to everything. */
export class OtherObject {
  fetch(): Response {
    return new Response('welcome');
  }
}

/** Adds Ada's records `0`, `1` and so on, which are nothing but quicker here than by as many requests from outside. */
async function addMany({ OBJECTS, VALUES }: Bindings, { store, name, count, record }: Many): Promise<void> {
  const only = { idFromName: () => OBJECTS.idFromName(name), get: (id: unknown) => OBJECTS.get(id) };
  const into = store === 'KV' ? kvStore(VALUES, { prefix: name }) : durableObjectStore(only);
  for (let from = 0; from < count; from += 50) {
    const ids = Array.from({ length: Math.min(50, count - from) }, (_, index) => `${from + index}`);
    const created = await Promise.all(ids.map((id) => into.create(keyOf(ADA, id), record, record.createdAt)));
    if (created.includes(false)) throw new Error('an id is taken');
  }
}

export default {
  async fetch(request: Request, bindings: Bindings): Promise<Response> {
    const asked = (await request.json()) as Asked;
    try {
      if ('verb' in asked) return Response.json({ answer: await call(bindings, asked) });
      if ('refresh' in asked) await runRefresh(bindings, asked);
      else await ('run' in asked ? runCase(bindings, asked) : addMany(bindings, asked));
      return new Response('');
    } catch (error) {
      return new Response(String(error instanceof Error ? error.stack : error), { status: 500 });
    }
  },
};
