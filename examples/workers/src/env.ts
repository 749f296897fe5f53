/** As in wrangler.jsonc. */
export interface Env {
  readonly SESSION_SECRET: string;
  readonly PEPPER: string;
  readonly RECORDS: DurableObjectNamespace;
  readonly USERS: D1Database;
  readonly API_LIMIT: RateLimit;
}
