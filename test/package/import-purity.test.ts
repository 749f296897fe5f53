import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { ensureDist } from '../../scripts/ensure-dist.mjs';

/**
 * Importing does nothing: no clock, randomness, network, timer, hash or output before the first request (Workers refuse
 * it), and nothing global is left behind. In a process of its own, where all of that throws.
 */
const GUARDED = fileURLToPath(new URL('import-guarded.mjs', import.meta.url));

const ENTRIES = Object.values(packageJson.exports).flatMap((target) =>
  typeof target === 'string' ? [] : new URL(`../../${target.default}`, import.meta.url).href,
);

const IMPURE: readonly [code: string, complaint: string][] = [
  ['Date.now()', 'Date.now was called'],
  ['new Date()', 'Date was called'],
  ['Math.random()', 'Math.random was called'],
  ['crypto.getRandomValues(new Uint8Array(1))', 'crypto.getRandomValues was called'],
  ['crypto.subtle.digest("SHA-256", new Uint8Array(1))', 'crypto.subtle.digest was called'],
  ['fetch("https://example.com")', 'globalThis.fetch was called'],
  ['setTimeout(() => {}, 1)', 'globalThis.setTimeout was called'],
  ['console.log("hello")', 'console.log was called'],
  ['process.getBuiltinModule("node:crypto")', 'process.getBuiltinModule was called'],
  ['globalThis.cache = new Map()', 'added globalThis.cache'],
  ['Array.prototype.last = () => 1', 'added Array.prototype.last'],
];
const asUrl = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`;

describe('importing does nothing', () => {
  let results: Record<string, string>;
  beforeAll(async () => {
    await ensureDist();
    const modules = [...ENTRIES, asUrl('export const x = 1'), ...IMPURE.map(([code]) => asUrl(code))];
    results = JSON.parse(execFileSync(process.execPath, [GUARDED, ...modules], { encoding: 'utf8' }));
  }, 60_000);

  test('there are entries', () => {
    expect(ENTRIES.length).toBeGreaterThan(5);
  });

  test.each(ENTRIES.map((url) => [url.slice(url.lastIndexOf('/') + 1), url]))('%s', (_name, url) => {
    expect(results[url]).toBe('pure');
  });

  test('a module that does nothing is pure', () => {
    expect(results[asUrl('export const x = 1')]).toBe('pure');
  });

  test.each(IMPURE)('%s is caught', (code, complaint) => {
    expect(results[asUrl(code)]).toBe(complaint);
  });
});
