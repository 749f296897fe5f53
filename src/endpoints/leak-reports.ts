/**
 * Reports of leaked keys, which end them.
 *
 * @module countersign/leak-reports
 */
import { assertNoOthers } from '../core/assert-no-others.ts';
import type { MaybePromise } from '../core/chain.ts';
import type { Context } from '../core/context.ts';
import { notify } from '../core/notify.ts';
import { digest } from '../crypto/digest.ts';
import type { Fetch } from '../jwt/fetch-json.ts';
import { createContext } from '../runtime.ts';
import { derSignature } from './der-signature.ts';
import { githubKeys } from './github-keys.ts';
import { json } from './json.ts';
import { problem } from './problem.ts';
import { readText } from './read-text.ts';

export type { Fetch } from '../jwt/fetch-json.ts';

/** How far a report is read, in bytes. */
const MAX_BYTES = 1024 * 1024;

/** A key that was found where it should not be. The key itself is not in it. */
export interface Leak<K> {
  /** What `revoke` said it was. */
  readonly revoked: K;
  /** As it was agreed on with GitHub: `acme_api_key`. */
  readonly type: string | undefined;
  /** Where it was found. May be empty, or private. */
  readonly url: string | undefined;
  /** In what: `content`, `commit`, `npm`, … */
  readonly source: string | undefined;
}

export interface LeakReportsOptions<K> {
  /**
   * Ends a key, and says which it was; `undefined` for any text that is none of yours, or one that has ended before. A throw is
   * an outage: the report is answered by a 503.
   */
  readonly revoke: (key: string, context: Context) => MaybePromise<K | undefined>;
  /** Hears of each key that a report has ended, so that its owner can be told. Whatever it throws is swallowed. */
  readonly onLeak?: ((leak: Leak<K>, context: Context) => unknown) | undefined;
  /** Gets what `revoke`, or the fetch of GitHub's keys, threw. */
  readonly onError?: ((error: unknown) => unknown) | undefined;
  /** Where public keys are, in GitHub's form. Default GitHub's, for secret scanning. */
  readonly keysUrl?: string | undefined;
  /** Default: the platform's, looked up at each call. */
  readonly fetch?: Fetch | undefined;
}

/**
 * An endpoint for GitHub's secret scanning partner program: what it finds of your keys in public repositories and packages, it posts
 * here, signed.
 *
 * | request | response |
 * | --- | --- |
 * | signed by GitHub | 200; each key of yours in it has ended, and is named by its hash as a true positive |
 * | not signed, or not by GitHub | 403 |
 * | signed, and no array of objects | 400 |
 * | over 1 MB; not POST | 413; 405 |
 * | `revoke` threw, or the public keys can't be fetched | 503: GitHub tries again |
 *
 * No authentication is needed before it: the signature (ECDSA over P-256 and SHA-256, by a key that GitHub publishes) is checked
 * before a byte of the body is believed. A report that is sent again ends nothing that it has not ended.
 *
 * @param options `revoke` at least.
 * @returns A fetch handler.
 * @throws TypeError On an unknown option, and without `revoke`.
 * @see https://docs.github.com/en/code-security/secret-scanning/secret-scanning-partnership-program
 *
 * @example
 * ```ts
 * import { apiKeys } from 'countersign/api-keys';
 * import { leakReports } from 'countersign/leak-reports';
 * import { manageApiKeys } from 'countersign/manage-api-keys';
 * import { memoryStore } from 'countersign/memory-store';
 *
 * const manage = manageApiKeys(apiKeys({ store: memoryStore(), prefix: 'acme' }));
 * const reports = leakReports({
 *   revoke: (key, context) => manage.revokeKey(key, context),
 *   onLeak: ({ revoked, url }) => console.log(`tell ${revoked.subject}: ${revoked.name} was found at ${url}`),
 * });
 * export default { fetch: (request: Request) => reports(request) };
 * ```
 */
export function leakReports<K>({
  revoke,
  onLeak,
  onError,
  keysUrl,
  fetch,
  ...others
}: LeakReportsOptions<K>): (request: Request, context?: Context) => Promise<Response> {
  assertNoOthers(others);
  if (typeof revoke !== 'function') throw new TypeError('revoke: needed');
  const keyOf = githubKeys(fetch, keysUrl);

  const isSigned = async ({ headers }: Request, body: string, { now }: Context): Promise<boolean> => {
    const identifier = headers.get('github-public-key-identifier');
    const signature = derSignature(headers.get('github-public-key-signature') ?? '');
    // Before anything is fetched: garbage costs nobody anything.
    if (!identifier || !signature) return false;
    const verify = await keyOf(identifier, now);
    return (await verify?.(body, signature)) === true;
  };

  const end = async (report: Report, context: Context): Promise<readonly object[]> => {
    const { token, type, url, source } = report;
    const revoked = await revoke(token, context);
    if (revoked === undefined) return [];
    notify(context, onLeak, { revoked, type, url, source }, context);
    // By its hash, so that the key is in no log of answers. Of others nothing is said: they may have been keys once.
    return [{ token_hash: hexOf(digest(token, 'latin1')), token_type: type, label: 'true_positive' }];
  };

  return async (request, context = createContext()) => {
    if (request.method !== 'POST') return problem(405, 'Reports are posted.', { allow: 'POST' });
    try {
      const body = await readText(request, MAX_BYTES);
      if (body === undefined) return problem(413, 'A report has 1 MB at most.');
      if (!(await isSigned(request, body, context))) return problem(403, 'The signature is not one of GitHub.');
      const reports = reportsIn(body);
      if (!reports) return problem(400, 'A report is an array of objects with a token each.');
      const answers: object[] = [];
      for (const report of reports) answers.push(...(await end(report, context)));
      return json(200, answers);
    } catch (error) {
      notify(context, onError, error);
      return problem(503, 'Try again.');
    }
  };
}

interface Report {
  readonly token: string;
  readonly type: string | undefined;
  readonly url: string | undefined;
  readonly source: string | undefined;
}

function reportsIn(body: string): readonly Report[] | undefined {
  try {
    const list: unknown = JSON.parse(body);
    if (!Array.isArray(list)) return undefined;
    const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
    const reports = list.map((each: Readonly<Record<string, unknown>> | null) => ({
      token: text(each?.token),
      type: text(each?.type),
      url: text(each?.url),
      source: text(each?.source),
    }));
    return reports.every(({ token }) => token !== undefined) ? (reports as readonly Report[]) : undefined;
  } catch {
    return undefined;
  }
}

function hexOf(binary: string): string {
  return Array.from(binary, (character) => character.charCodeAt(0).toString(16).padStart(2, '0')).join('');
}
