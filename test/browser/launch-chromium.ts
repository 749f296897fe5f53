import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @throws Error Where there is no Chromium: a browser test that is skipped tests nothing. */
export function launchChromium(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), args: [...ARGS, ...args] });
}

/** A browser with a profile on disk. */
export interface Profile {
  readonly context: BrowserContext;
  /** Ends the browser, and removes the profile. */
  close(): Promise<void>;
}

/**
 * Launches Chromium with a new profile on disk, which sends third-party cookies where it is told to. A context of
 * {@link launchChromium} is a private window, which sends none.
 */
export async function launchProfile(args: readonly string[] = []): Promise<Profile> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-profile-'));
  await mkdir(join(folder, 'Default'));
  // 0: third-party cookies are sent. Debian's Chromium blocks them by default, others don't.
  await writeFile(join(folder, 'Default', 'Preferences'), JSON.stringify({ profile: { cookie_controls_mode: 0 } }));
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: findChromium(),
    args: [...ARGS, ...args],
  });
  context.setDefaultTimeout(4000);
  return {
    context,
    async close() {
      await context.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function findChromium(): string {
  const executablePath = process.env.CHROMIUM_PATH || '/usr/bin/chromium';
  if (!existsSync(executablePath)) {
    throw new Error(
      `No Chromium at ${executablePath}. Install it (Debian: apt-get install --no-install-recommends chromium), ` +
        'or set CHROMIUM_PATH to where it is.',
    );
  }
  return executablePath;
}

/** What a browser complains of: exceptions, console errors, violations of the content security policy. */
export interface Complaints {
  readonly list: string[];
}

/** Opens a page and writes down its complaints, but for the console's remark that a response was a 4xx. */
export async function openPage(context: BrowserContext): Promise<{ page: Page; complaints: Complaints }> {
  const list: string[] = [];
  const page = await context.newPage();
  page.setDefaultTimeout(4000);
  page.on('pageerror', (error) => list.push(error.message));
  page.on('console', (message) => {
    const isStatus = /^Failed to load resource: the server responded with a status of 4\d\d /.test(message.text());
    if (['error', 'warning'].includes(message.type()) && !isStatus) list.push(message.text());
  });
  return { page, complaints: { list } };
}

/**
 * Counts how often the browser asks a person for a password. It is the moment at which Chromium would open its dialog, as
 * the DevTools protocol tells it; each time, the dialog is cancelled.
 */
export async function countPasswordPrompts(page: Page): Promise<() => number> {
  let count = 0;
  const devtools = await page.context().newCDPSession(page);
  devtools.on('Fetch.requestPaused', ({ requestId }) => devtools.send('Fetch.continueRequest', { requestId }));
  devtools.on('Fetch.authRequired', ({ requestId }) => {
    count++;
    return devtools.send('Fetch.continueWithAuth', { requestId, authChallengeResponse: { response: 'CancelAuth' } });
  });
  await devtools.send('Fetch.enable', { handleAuthRequests: true });
  return () => count;
}
