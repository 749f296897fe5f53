import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** @throws Error Where there is no Chromium: a browser test that is skipped tests nothing. */
export function launchChromium(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH || '/usr/bin/chromium';
  if (!existsSync(executablePath)) {
    throw new Error(
      `No Chromium at ${executablePath}. Install it (Debian: apt-get install --no-install-recommends chromium), ` +
        'or set CHROMIUM_PATH to where it is.',
    );
  }
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
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
