import type { RequestLike } from '../../src/core/context.ts';

export type HeaderList = Readonly<Record<string, string>>;

/** A Request of the platform. All seven runtimes let a constructed one have Host, Origin, Cookie and Sec-Fetch headers. */
export function request(headers: HeaderList = {}, method = 'GET', url = 'https://app.example/'): Request {
  return new Request(url, { method, headers });
}

/** A view over nothing, for values and methods that some platform's Request refuses or rewrites. */
export function view(headers: HeaderList = {}, method = 'GET', url = 'https://app.example/'): RequestLike {
  return { method, url, headers: { get: (name) => headers[name.toLowerCase()] ?? null } };
}

/** The value of `Authorization` for a name and a password: base64 of UTF-8 (RFC 7617 §2.1). */
export function basicValue(username: string, password: string): string {
  return `Basic ${base64(new TextEncoder().encode(`${username}:${password}`))}`;
}

export function base64(bytes: Iterable<number>): string {
  return btoa(String.fromCharCode(...bytes));
}
