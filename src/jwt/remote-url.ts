/**
 * A URL from which keys may be fetched, in its normal form: over TLS, or of this very machine; without a password, which would
 * stand in logs, and without a fragment, which nobody would send. A path with `@` in it must write `%40`.
 *
 * @returns `undefined` for any other.
 */
export function remoteUrl(given: unknown): string | undefined {
  try {
    const { href } = new URL(given as string);
    // Looked at when parsed, as `fetch` will read it: `http://127.1/` is this machine, `http://localhost.example/` isn't.
    return /^(https:|http:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/])[^@#]*$/.test(href) ? href : undefined;
  } catch {
    return undefined;
  }
}
