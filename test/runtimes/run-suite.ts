import type { Library, Platform, Report } from './library.ts';
import { cases } from './suite.ts';

export { cases };

/** Runs every case, one after another, whatever became of the one before it. */
export async function runSuite(library: Library, platform: Platform): Promise<Report> {
  const results: [name: string, failure?: string][] = [];
  for (const [name, run] of cases) {
    try {
      await run(library, platform);
      results.push([name]);
    } catch (error) {
      results.push([name, error instanceof Error ? error.message : String(error)]);
    }
  }
  return { runtime: platform.runtime, version: platform.version, results };
}
