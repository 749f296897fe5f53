/**
 * API keys of whoever is signed in: what a settings page calls.
 *
 * @module countersign/api-key-endpoints
 */
import { assertNoOthers } from '../core/assert-no-others.ts';
import type { MaybePromise } from '../core/chain.ts';
import type { Context } from '../core/context.ts';
import { type Accepted, type Insufficient, insufficient } from '../core/outcome.ts';
import { parseMediaType } from '../http/media-type.ts';
import { createContext } from '../runtime.ts';
import type { ApiKey } from '../tokens/api-key-record.ts';
import type { ApiKeyChange, ApiKeyManagement } from '../tokens/api-key-types.ts';
import { json } from './json.ts';
import { assertPath } from './mounted.ts';
import { problem } from './problem.ts';
import { readText } from './read-text.ts';

/** How far a body is read, in bytes. */
const MAX_BYTES = 16_384;

export interface ApiKeyEndpointsOptions<D, Rest extends readonly unknown[] = []> {
  /** Where they are mounted, such as `/settings/keys`. Nothing else is answered than this path and what is below. */
  readonly path: string;
  /** How many keys that are good one subject may have. Default 100. */
  readonly maxKeys?: number | undefined;
  /** What the application keeps with a new key. It comes from here, and never from the body. Default: nothing. */
  readonly data?: ((request: Request, accepted: Accepted) => MaybePromise<D>) | undefined;
  /** What the platform knows of this request, as for `protect`: a store that is a function of it has its bindings from here. */
  readonly context?: ((request: Request, ...rest: Rest) => Partial<Context>) | undefined;
}

/** A key as its owner sees it. */
export type ApiKeyView = Omit<ApiKey<never>, 'subject' | 'data'>;

type Body = Readonly<Record<string, unknown>>;
type Answer = Response | Insufficient;

interface Caller {
  readonly subject: string;
  readonly accepted: Accepted;
  readonly context: Context;
}

/**
 * Endpoints for keys, to be mounted behind whatever the application authenticates with:
 *
 * | request | response |
 * | --- | --- |
 * | `GET path`, `?after=` for the next page | 200 `{ "keys": […], "next": … }` |
 * | `POST path` with `name`, `scopes`, `expiresIn` | 201 `{ "key": …, "record": … }`; the key is shown this once |
 * | `GET path/id` | 200, the record |
 * | `PATCH path/id` with what is to be otherwise | 200, the record |
 * | `POST path/id/rotate` with `overlap`, `expiresIn` | 201 `{ "key": …, "record": … }` of the new key |
 * | `DELETE path/id` | 204 |
 *
 * Whose keys they are is `accepted.subject`, and nothing in a request is: a body with a member that is not named above is refused,
 * `subject` and `userId` among them. Of another's keys each answer is a 404, as of none. Where the caller's credential has scopes, a
 * key made, changed or rotated with it has none beyond those: else a 403 `insufficient_scope`.
 *
 * Bodies are JSON with `Content-Type: application/json`, which no form of another site can send; `protect` refuses other sites'
 * requests besides. Refusals are problem details (RFC 9457).
 *
 * What it does not do: ask for a recent sign-in (put `stepUp` of `countersign/guards` around the authenticator), send mail, or count
 * exactly: of two creations at the same time both may be the last one.
 *
 * @param manage Of `manageApiKeys`.
 * @param options `path` at least.
 * @returns A handler for `protect`.
 * @throws TypeError On a bad option. The handler throws where `accepted` has no subject, and when the store fails.
 *
 * @example
 * ```ts
 * import { protect } from 'countersign';
 * import { apiKeyEndpoints } from 'countersign/api-key-endpoints';
 * import { apiKeys } from 'countersign/api-keys';
 * import { basic } from 'countersign/basic';
 * import { manageApiKeys } from 'countersign/manage-api-keys';
 * import { memoryStore } from 'countersign/memory-store';
 *
 * const manage = manageApiKeys(apiKeys({ store: memoryStore(), prefix: 'acme' }), { scopes: ['files:read'] });
 * const users = basic({ realm: 'Acme', users: [{ username: 'ada', plaintextPassword: 'correct horse' }] });
 * export default { fetch: protect(users, apiKeyEndpoints(manage, { path: '/settings/keys' })) };
 * ```
 */
export function apiKeyEndpoints<D, Rest extends readonly unknown[] = []>(
  manage: ApiKeyManagement<D>,
  { path, maxKeys = 100, data, context: contextOf, ...others }: ApiKeyEndpointsOptions<D, Rest>,
): (request: Request, accepted: Accepted, ...rest: Rest) => Promise<Answer> {
  assertNoOthers(others);
  if (!manage?.create) throw new TypeError('manage: what manageApiKeys() made');
  assertPath(path, '/settings/keys');
  if (!Number.isInteger(maxKeys) || maxKeys < 1) throw new TypeError('maxKeys: a whole number, 1 or more');

  /** Why there may be no more, if so. */
  const fullness = async ({ subject, context }: Caller): Promise<string | undefined> => {
    const { now } = context;
    // Those that have ended are still kept for a while: whoever makes and revokes in a loop must not fill the store with them.
    const { keys, next } = await manage.list(subject, { limit: 2 * maxKeys }, context);
    const good = keys.filter(({ revokedAt, expiresAt }) => !revokedAt && (expiresAt === undefined || expiresAt > now));
    if (good.length >= maxKeys) return `There are ${maxKeys} keys already. Revoke one first.`;
    return next === undefined
      ? undefined
      : 'Too many keys were made and have ended lately. Wait until they are forgotten.';
  };

  const list = async (request: Request, { subject, context }: Caller): Promise<Answer> => {
    const after = new URL(request.url).searchParams.get('after') ?? undefined;
    const { keys, next } = await manage.list(subject, { after }, context);
    return json(200, { keys: keys.map(viewOf), next });
  };

  const create = async (request: Request, caller: Caller): Promise<Answer> => {
    const { subject, accepted, context } = caller;
    const body = await bodyOf(request, ['name', 'scopes', 'expiresIn']);
    if (body instanceof Response) return body;
    const beyond = beyondScopes(accepted, body.scopes);
    if (beyond) return beyond;
    const full = await fullness(caller);
    if (full) return problem(409, full);
    const details = { ...body, subject, data: await data?.(request, accepted) };
    return refusingMisuse(async () => {
      const { key, record } = await manage.create(details as unknown as Parameters<typeof manage.create>[0], context);
      return json(201, { key, record: viewOf(record) });
    });
  };

  /** On one key of the subject: found first, so that its scopes are known. */
  const onKey = async (
    { subject, context }: Caller,
    id: string,
    act: (record: ApiKey<D>) => MaybePromise<Answer>,
  ): Promise<Answer> => {
    const record = await manage.get(subject, id, context);
    return record ? act(record) : problem(404, NO_KEY);
  };

  const update = async (request: Request, caller: Caller, id: string): Promise<Answer> => {
    const { subject, accepted, context } = caller;
    const body = await bodyOf(request, ['name', 'scopes', 'expiresIn']);
    if (body instanceof Response) return body;
    return onKey(
      caller,
      id,
      async (record) =>
        beyondScopes(accepted, record.scopes) ??
        beyondScopes(accepted, body.scopes) ??
        refusingMisuse(async () => {
          const changed = await manage.update(subject, id, body as ApiKeyChange<D>, context);
          return changed ? json(200, viewOf(changed)) : problem(404, NO_KEY);
        }),
    );
  };

  const rotate = async (request: Request, caller: Caller, id: string): Promise<Answer> => {
    const { subject, accepted, context } = caller;
    const body = await bodyOf(request, ['overlap', 'expiresIn']);
    if (body instanceof Response) return body;
    return onKey(
      caller,
      id,
      async (record) =>
        beyondScopes(accepted, record.scopes) ??
        refusingMisuse(async () => {
          const issued = await manage.rotate(subject, id, body, context);
          if (!issued)
            return problem(409, 'It was replaced, revoked or has expired, or somebody is changing it just now.');
          return json(201, { key: issued.key, record: viewOf(issued.record) });
        }),
    );
  };

  const revoke = async ({ subject, context }: Caller, id: string): Promise<Answer> =>
    (await manage.revoke(subject, id, context)) ? new Response(null, { status: 204 }) : problem(404, NO_KEY);

  return async (request, accepted, ...rest) => {
    const { subject } = accepted;
    if (!subject) throw new TypeError(`apiKeyEndpoints: ${accepted.scheme} states no subject`);
    const { pathname } = new URL(request.url);
    const [, id, verb] = /^\/?([A-Za-z\d]*)(\/rotate)?$/.exec(pathname.slice(path.length)) ?? [];
    if (!`${pathname}/`.startsWith(`${path}/`) || id === undefined) return problem(404, 'There is nothing here.');
    const { method } = request;
    const caller = { subject, accepted, context: createContext(contextOf?.(request, ...rest)) };
    if (!id) {
      if (verb) return problem(404, 'There is nothing here.');
      if (method === 'GET') return list(request, caller);
      return method === 'POST' ? create(request, caller) : problem(405, 'GET or POST.', { allow: 'GET, POST' });
    }
    if (verb) {
      return method === 'POST' ? rotate(request, caller, id) : problem(405, 'POST.', { allow: 'POST' });
    }
    if (method === 'GET') return onKey(caller, id, (record) => json(200, viewOf(record)));
    if (method === 'PATCH') return update(request, caller, id);
    if (method === 'DELETE') return revoke(caller, id);
    return problem(405, 'GET, PATCH or DELETE.', { allow: 'GET, PATCH, DELETE' });
  };
}

const NO_KEY = 'There is no such key.';

/** The members of a body, none but these; else the refusal. */
async function bodyOf(request: Request, members: readonly string[]): Promise<Body | Response> {
  const type = parseMediaType(request.headers.get('content-type') ?? '');
  const text = await readText(request, MAX_BYTES);
  if (text === undefined) return problem(413, `A body has ${MAX_BYTES} bytes at most.`);
  // Nothing at all is no member.
  if (!text) return {};
  if (`${type?.type}/${type?.subtype}` !== 'application/json') return problem(415, 'A body is application/json.');
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return problem(400, 'The body is no JSON.');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return problem(400, 'The body is no object.');
  const other = Object.keys(body).find((name) => !members.includes(name));
  return other === undefined ? (body as Body) : problem(400, `The body has members ${members.join(', ')} at most.`);
}

/** A credential of some scopes makes none of more: whoever has a key that reads must not get one that writes. */
function beyondScopes({ scopes: own }: Accepted, wanted: unknown): Insufficient | undefined {
  if (!own || !Array.isArray(wanted) || wanted.every((each) => own.includes(each))) return undefined;
  return insufficient({ scopes: wanted.filter((each): each is string => typeof each === 'string') });
}

/** What the caller has got wrong is told; what else is thrown is none of theirs. */
async function refusingMisuse(act: () => Promise<Answer>): Promise<Answer> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof TypeError) return problem(400, error.message);
    throw error;
  }
}

/** What is the application's own stays with it. */
function viewOf<D>({ subject: _, data: __, ...view }: ApiKey<D>): ApiKeyView {
  return view;
}
