import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { type Demo, startDemo } from '../demo/start-demo.ts';
import { launchChromium } from './launch-chromium.ts';

export interface DemoInChromium extends Pick<Demo, 'address' | 'port'> {
  /** A person's browser, with cookies of its own. The test closes it. */
  newContext(options?: Parameters<Browser['newContext']>[0]): Promise<BrowserContext>;
}

/** Starts the demo and Chromium before the tests of a file, and ends both after them. */
export function demoInChromium(): DemoInChromium {
  let demo: Demo | undefined;
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launchChromium();
    demo = await startDemo(0);
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
  });
  const started = <T>(given: T | undefined): T => {
    if (!given) throw new Error('the demo and Chromium are there within tests and hooks only');
    return given;
  };
  return {
    get address() {
      return started(demo).address;
    },
    get port() {
      return started(demo).port;
    },
    newContext: (options) => started(browser).newContext(options),
  };
}
