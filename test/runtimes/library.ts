import type * as client from '../../src/client/token-client.ts';
import type * as refusals from '../../src/core/describe-refusal.ts';
import type * as proxy from '../../src/core/protect-proxy.ts';
import type * as crypto from '../../src/crypto/index.ts';
import type * as apiKeyEndpoints from '../../src/endpoints/api-key-endpoints.ts';
import type * as leakReports from '../../src/endpoints/leak-reports.ts';
import type * as tokenEndpoints from '../../src/endpoints/token-endpoints.ts';
import type * as csrf from '../../src/guards/csrf-tokens.ts';
import type * as guards from '../../src/guards/index.ts';
import type * as limits from '../../src/guards/limits.ts';
import type * as http from '../../src/http/index.ts';
import type * as core from '../../src/index.ts';
import type * as remoteKeys from '../../src/jwt/remote.ts';
import type * as argon2id from '../../src/passwords/argon2id.ts';
import type * as bcrypt from '../../src/passwords/bcrypt.ts';
import type * as passwords from '../../src/passwords/passwords.ts';
import type * as pbkdf2 from '../../src/passwords/pbkdf2.ts';
import type * as recoveryCodes from '../../src/passwords/recovery-codes.ts';
import type * as scrypt from '../../src/passwords/scrypt.ts';
import type * as totp from '../../src/passwords/totp.ts';
import type * as apiKey from '../../src/schemes/api-key.ts';
import type * as basic from '../../src/schemes/basic.ts';
import type * as bearer from '../../src/schemes/bearer.ts';
import type * as sealedSession from '../../src/schemes/sealed-session.ts';
import type * as session from '../../src/schemes/session.ts';
import type * as memoryStore from '../../src/stores/memory.ts';
import type * as accessTokens from '../../src/tokens/access-tokens.ts';
import type * as apiKeys from '../../src/tokens/api-keys.ts';
import type * as introspection from '../../src/tokens/introspection.ts';
import type * as jwt from '../../src/tokens/jwt.ts';
import type * as manageApiKeys from '../../src/tokens/manage-api-keys.ts';
import type * as opaqueTokens from '../../src/tokens/opaque-tokens.ts';
import type * as protectedResource from '../../src/tokens/protected-resource.ts';
import type * as refreshTokens from '../../src/tokens/refresh-tokens.ts';

/** The built library: the namespace of each subpath under the subpath's name, `core` for `countersign` itself. */
export interface Library {
  readonly core: typeof core;
  readonly accessTokens: typeof accessTokens;
  readonly apiKey: typeof apiKey;
  readonly apiKeyEndpoints: typeof apiKeyEndpoints;
  readonly apiKeys: typeof apiKeys;
  readonly argon2id: typeof argon2id;
  readonly basic: typeof basic;
  readonly bcrypt: typeof bcrypt;
  readonly bearer: typeof bearer;
  readonly client: typeof client;
  readonly crypto: typeof crypto;
  readonly csrf: typeof csrf;
  readonly guards: typeof guards;
  readonly http: typeof http;
  readonly introspection: typeof introspection;
  readonly jwt: typeof jwt;
  readonly leakReports: typeof leakReports;
  readonly limits: typeof limits;
  readonly manageApiKeys: typeof manageApiKeys;
  readonly memoryStore: typeof memoryStore;
  readonly opaqueTokens: typeof opaqueTokens;
  readonly passwords: typeof passwords;
  readonly pbkdf2: typeof pbkdf2;
  readonly protectedResource: typeof protectedResource;
  readonly proxy: typeof proxy;
  readonly recoveryCodes: typeof recoveryCodes;
  readonly refreshTokens: typeof refreshTokens;
  readonly refusals: typeof refusals;
  readonly remoteKeys: typeof remoteKeys;
  readonly scrypt: typeof scrypt;
  readonly sealedSession: typeof sealedSession;
  readonly session: typeof session;
  readonly tokenEndpoints: typeof tokenEndpoints;
  readonly totp: typeof totp;
}

export type Runtime = 'node20' | 'node22' | 'node24' | 'bun' | 'deno' | 'workerd' | 'edge';

/** What a runner knows of its runtime. */
export interface Platform {
  readonly runtime: Runtime;
  /** As the runtime says it; where it says none (workerd, the Edge VM), as its package does. */
  readonly version: string;
  /** Where the runtime is not what it is said to be, a sentence each: another version, a permission, a Node global. */
  readonly doubts: readonly string[];
  /** Whether `node:crypto` can be reached without an import. It decides which hash the library takes. */
  readonly hasNodeHash: boolean;
  /** Rejections that nobody handled, as the runtime reports them. The runner adds, {@link strayRejections} takes out. */
  readonly unhandled: unknown[];
  /**
   * A GET with `Authorization: Basic` of ada and `correct horse`, and a cookie, as the runtime's own server hands it over.
   * Only where a server runs without permissions and without a bridge.
   */
  readonly incoming?: Request | undefined;
  /**
   * A response as a client gets it from the runtime's own server; where there is none, the response itself. Bun adds the
   * content type of a text only there.
   */
  deliver(response: Response): Promise<Response>;
}

/** A name that no other case has, and a function that throws where the library fails. */
export type Case = readonly [name: string, run: (library: Library, platform: Platform) => void | Promise<void>];

/** What a runner prints, as JSON. */
export interface Report {
  readonly runtime: Runtime;
  readonly version: string;
  /** In the order of the suite; with the failure, where there is one. */
  readonly results: readonly (readonly [name: string, failure?: string])[];
}
