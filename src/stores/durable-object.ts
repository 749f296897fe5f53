/**
 * A store in Cloudflare Durable Objects: one object a partition, so that a subject's records are in one place and each verb
 * is one step.
 *
 * @module countersign/durable-object-store
 */
import { checkStoreOptions } from './check-options.ts';
import type { RecordKey, Store, SubjectKey } from './contract.ts';
import { OBJECT_URL } from './durable-object-class.ts';
import type { ObjectVerbs } from './durable-object-verbs.ts';
import { withTimeout } from './with-timeout.ts';

export type * from './contract.ts';
export { CountersignObject, type ObjectState } from './durable-object-class.ts';
export type { ObjectSql } from './durable-object-verbs.ts';

/** What is called of a binding, such as `env.SESSIONS`. */
export interface DurableObjectBinding {
  idFromName(name: string): unknown;
  get(id: unknown): DurableObjectTarget;
}

export interface DurableObjectTarget {
  fetch(url: string, init: { readonly method: 'POST'; readonly body: string }): Promise<DurableObjectReply>;
}

export interface DurableObjectReply {
  readonly status: number;
  json(): Promise<unknown>;
}

export interface DurableObjectStoreOptions {
  /** How long an object may take to answer, in seconds. Default 5. */
  readonly timeout?: number | undefined;
}

/**
 * Keeps records in Durable Objects of the class {@link CountersignObject}. All kinds share one binding.
 *
 * The Worker exports the class, and wrangler's configuration has a binding for it and, as a migration, its name among
 * `new_sqlite_classes` (not `new_classes`): see the example.
 *
 * Promises everything: an object runs one call at a time, and answers when what it wrote is safe. Making one costs nothing,
 * so make it with each request. Each call is one request to one object. An object lives near whoever first asked for it; for
 * a jurisdiction, hand in `env.SESSIONS.jurisdiction('eu')`.
 *
 * What is not checked: that the binding is of that class (another one's answers are taken for an outage), and that it has
 * SQLite for storage, which the object needs (without it every call fails).
 *
 * An object that is overloaded, or has no answer in time, has failed: that is a 503. Nothing is tried twice, since a write
 * may have taken place.
 *
 * @param namespace The binding.
 * @param options `timeout`.
 * @throws TypeError On a binding that is missing or another thing, and on a bad or unknown option.
 *
 * @example
 * ```ts
 * import { protect } from 'countersign';
 * import { type DurableObjectBinding, durableObjectStore } from 'countersign/durable-object-store';
 * import { session } from 'countersign/session';
 *
 * // wrangler.jsonc: "durable_objects": { "bindings": [{ "name": "SESSIONS", "class_name": "CountersignObject" }] },
 * //                 "migrations": [{ "tag": "v1", "new_sqlite_classes": ["CountersignObject"] }]
 * export { CountersignObject } from 'countersign/durable-object-store';
 *
 * interface Env {
 *   readonly SESSIONS: DurableObjectBinding;
 * }
 * const sessions = session({
 *   secret: 'not a secret: an example of 32 bytes',
 *   store: ({ bindings }) => durableObjectStore((bindings as Env).SESSIONS),
 *   load: ({ subject }) => ({ name: subject }),
 * });
 * export default {
 *   fetch: protect(sessions, (_request, { principal }, _env: Env) => new Response(principal.name), {
 *     context: (_request, bindings) => ({ bindings }),
 *   }),
 * };
 * ```
 */
export function durableObjectStore(
  namespace: DurableObjectBinding,
  { timeout = 5, ...others }: DurableObjectStoreOptions = {},
): Store {
  checkStoreOptions('durableObjectStore()', others, timeout);
  if (typeof namespace?.idFromName !== 'function' || typeof namespace.get !== 'function') {
    throw new TypeError(
      'durableObjectStore(): namespace must be the binding of a Durable Object, such as env.SESSIONS; is it in wrangler\u2019s durable_objects?',
    );
  }

  const ask = <Verb extends keyof ObjectVerbs>(
    partition: string,
    verb: Verb,
    ...given: Parameters<ObjectVerbs[Verb]>
  ) => withTimeout(replyOf(namespace, partition, [verb, ...given]), timeout) as Promise<ReturnType<ObjectVerbs[Verb]>>;

  return {
    capabilities: { atomic: true, consistent: true, counters: true },
    create: (key, record, now) => ask(key.partition, 'create', keyIn(key), record, now),
    read: (key, now) => ask(key.partition, 'read', keyIn(key), now),
    swap: (key, version, next, now, newId = key.id) =>
      ask(key.partition, 'swap', keyIn(key), version, next, now, newId),
    touch: (key, touch) => ask(key.partition, 'touch', keyIn(key), touch),
    delete: (key, now) => ask(key.partition, 'delete', keyIn(key), now),
    list: (owner, page, now) => ask(owner.partition, 'list', ownerIn(owner), page, now),
    endAll: (owner, now, exceptId) => ask(owner.partition, 'endAll', ownerIn(owner), now, exceptId),
    epoch: (owner) => ask(owner.partition, 'epoch', ownerIn(owner)),
    advance: (key, step, now) => ask(key.partition, 'advance', keyIn(key), step, now),
  };
}

const keyIn = ({ kind, id }: RecordKey) => ({ kind, id });
const ownerIn = ({ kind, subject }: SubjectKey) => ({ kind, subject });

async function replyOf(namespace: DurableObjectBinding, partition: string, call: readonly unknown[]): Promise<unknown> {
  // A stub each time: one that has thrown once may be broken for good.
  const object = namespace.get(namespace.idFromName(encodeURIComponent(partition)));
  const reply = await object.fetch(OBJECT_URL, { method: 'POST', body: JSON.stringify(call) });
  const { status } = reply;
  if (status !== 200) throw new Error(`the Durable Object answered with ${status}: is it a CountersignObject?`);
  return ((await reply.json()) as { readonly answer?: unknown }).answer;
}
