import type { TokenClient, TokenResponse } from '../../src/client/token-client.ts';

export const AUTH = 'https://api.example/auth';
export const API = 'https://api.example/files';
const NOW = 1_800_000_000;

/** A request as it arrived. */
export interface Arrived {
  readonly url: string;
  readonly method: string;
  readonly authorization: string | null;
  readonly contentType: string | null;
  readonly credentials: RequestCredentials;
  readonly redirect: RequestRedirect;
  readonly body: string;
}

/** What happens to a request on its way. `lost`: the server does its work, and the answer never arrives. */
export type Trouble = 'offline' | 'lost' | (() => Response | Promise<Response>);

/**
 * One family of refresh tokens and an API, as one `fetch`. Each refresh rotates: a token from before is good with the attempt that
 * replaced it, until the successor is used, and else ends the family.
 */
export class TokenServer {
  now: number = NOW;
  readonly asked: Arrived[] = [];
  readonly called: Arrived[] = [];
  /** Access tokens that the API takes, with their end. */
  readonly good: Map<string, number> = new Map();
  /** To what asks for tokens; and to what calls the API. */
  trouble: Trouble | undefined;
  apiTrouble: Trouble | undefined;
  expiresIn = 300;
  challenge: string | undefined = 'Bearer error="invalid_token"';
  /** The only browser's, with `isCookie`. */
  cookie: string | undefined;
  isAlive = true;
  readonly isCookie: boolean;
  private family = 0;
  private generation = 0;
  private attempt: string | undefined;
  private count = 0;

  constructor({ isCookie = false }: { readonly isCookie?: boolean } = {}) {
    this.isCookie = isCookie;
  }

  /** Somebody signs in anew. */
  signIn(): TokenResponse {
    this.family++;
    this.generation = 0;
    this.attempt = undefined;
    this.isAlive = true;
    return this.answer(this.present());
  }

  readonly fetch: TokenClient['fetch'] = async (input, init) => {
    // As over a network: later, and never in the same turn.
    await new Promise((resolve) => setTimeout(resolve, 1));
    init?.signal?.throwIfAborted();
    const request = new Request(input, init);
    const { url, method, headers, credentials, redirect } = request;
    const isAuth = url.startsWith(AUTH);
    const trouble = isAuth ? this.trouble : this.apiTrouble;
    const [authorization, contentType] = [headers.get('authorization'), headers.get('content-type')];
    const arrived: Arrived = {
      url,
      method,
      authorization,
      contentType,
      credentials,
      redirect,
      body: await request.text(),
    };
    (isAuth ? this.asked : this.called).push(arrived);
    if (trouble === 'offline') throw new TypeError('fetch failed');
    if (typeof trouble === 'function') return trouble();
    const response = isAuth ? this.endpoint(arrived) : this.api(arrived);
    if (trouble === 'lost') throw new TypeError('terminated');
    return response;
  };

  /** What was sent to the token endpoint, field by field. */
  get refreshes(): readonly Readonly<Record<string, string>>[] {
    return this.asked
      .filter(({ url }) => url === `${AUTH}/token`)
      .map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
  }

  private present = (): string => `secret-refresh-${this.family}-${this.generation}`;

  private answer(refreshToken?: string): TokenResponse {
    const token = `secret-access-${++this.count}`;
    this.good.set(token, this.now + this.expiresIn);
    if (this.isCookie) this.cookie = refreshToken ?? this.cookie;
    const { expiresIn: expires_in, isCookie } = this;
    return {
      access_token: token,
      token_type: 'Bearer',
      expires_in,
      ...(refreshToken !== undefined && !isCookie && { refresh_token: refreshToken }),
    };
  }

  private endpoint({ url, body }: Arrived): Response {
    const fields = new URLSearchParams(body);
    if (url === `${AUTH}/revoke`) {
      const token = this.isCookie ? this.cookie : fields.get('token');
      if (token?.startsWith(`secret-refresh-${this.family}-`)) this.isAlive = false;
      this.cookie = undefined;
      return new Response(null);
    }
    const attempt = fields.get('attempt') ?? undefined;
    const token = this.isCookie ? this.cookie : fields.get('refresh_token');
    const [family, generation] = (token?.match(/\d+/g) ?? []).map(Number);
    if (!this.isAlive || family !== this.family) return Response.json({ error: 'invalid_grant' }, { status: 400 });
    if (generation === this.generation) {
      this.generation++;
      this.attempt = attempt;
    } else if (generation !== this.generation - 1 || !attempt || attempt !== this.attempt) {
      this.isAlive = false;
      return Response.json({ error: 'invalid_grant' }, { status: 400 });
    }
    return Response.json(this.answer(this.present()));
  }

  private api({ authorization, body }: Arrived): Response {
    const end = this.good.get(authorization?.slice('Bearer '.length) ?? '');
    if (end !== undefined && this.now < end) return new Response(body || 'files');
    const headers = this.challenge === undefined ? {} : { 'www-authenticate': this.challenge };
    return new Response('no', { status: 401, headers });
  }
}

/** A storage as a keychain is: it answers later. Several clients with one of them are processes of one person. */
export function slowStorage() {
  const later = () => new Promise((resolve) => setTimeout(resolve, 1));
  const storage = {
    text: undefined as string | undefined,
    /** All that was ever there, in order. */
    history: [] as (string | undefined)[],
    async get() {
      await later();
      return storage.text;
    },
    async set(text: string | undefined) {
      await later();
      storage.text = text;
      storage.history.push(text);
    },
  };
  return storage;
}
