import { createSign, generateKeyPairSync } from 'node:crypto';
import type { Fetch } from '../../../src/endpoints/leak-reports.ts';

/** Where the demo's endpoint would fetch the scanner's public keys. Nobody does: `fetch` below answers. */
export const PUBLIC_KEYS_URL = 'https://scanner.demo.example/public-keys';

/** Where the scanner says that it found them. */
const FOUND_AT = 'https://code.example/ada/blog/README.md';
const KEY_ID = 'demo-scanner';

/** A report, ready to be posted. */
interface SignedReport {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The keys in it. */
  readonly found: readonly string[];
}

export interface Scanner {
  /** Answers as the address of the public keys would. */
  readonly fetch: Fetch;
  /** @param text What somebody has published. */
  report(text: string): SignedReport;
}

/**
 * Stands in for GitHub's secret scanning: knows what keys look like, and signs what it finds. Its key pair is of this process.
 *
 * @param pattern A regular expression that all keys match: what a provider hands in when it joins GitHub's program.
 */
export function createScanner(pattern: string): Scanner {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = publicKey.export({ type: 'spki', format: 'pem' });

  return {
    fetch: async () => Response.json({ public_keys: [{ key_identifier: KEY_ID, key, is_current: true }] }),
    report(text) {
      const found = [...new Set(text.match(new RegExp(pattern, 'g')))];
      const body = JSON.stringify(
        found.map((token) => ({ token, type: 'demo_api_key', url: FOUND_AT, source: 'content' })),
      );
      return {
        headers: {
          'content-type': 'application/json',
          'github-public-key-identifier': KEY_ID,
          'github-public-key-signature': createSign('sha256').update(body).sign(privateKey, 'base64'),
        },
        body,
        found,
      };
    },
  };
}
