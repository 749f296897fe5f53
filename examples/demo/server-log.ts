import type { SignInEvent } from '../../src/endpoints/sign-in.ts';
import type { AuthEvent } from '../../src/index.ts';

/** A line of the log: a request that arrived, or what was decided about one. */
type LogLine =
  | { readonly request: { readonly method: string; readonly path: string; readonly headers: Record<string, string> } }
  | { readonly event: AuthEvent | SignInEvent };

/** What the log keeps of a request. A list of what may be in it, since a list of what may not is never complete. */
const KEPT = ['host', 'origin', 'sec-fetch-site', 'sec-fetch-mode', 'sec-fetch-dest'];

/** Of these it says only that they came: whoever reads a log must not be able to sign in with it. */
const CREDENTIALS = ['authorization', 'cookie', 'x-api-key', 'x-robot-key'];

const CAPACITY = 40;

export interface ServerLog {
  /** Oldest first. */
  readonly lines: readonly LogLine[];
  request(request: Request): void;
  event(event: AuthEvent | SignInEvent): void;
}

/** The last lines of this process's log, in memory. A real server would write them where it writes its others. */
export function createServerLog(): ServerLog {
  const lines: LogLine[] = [];
  const add = (line: LogLine): void => {
    if (lines.push(line) > CAPACITY) lines.shift();
  };

  return {
    lines,
    request({ method, url, headers }) {
      const kept = KEPT.map((name) => [name, headers.get(name)]).filter(([, value]) => value !== null);
      const came = CREDENTIALS.filter((name) => headers.has(name)).map((name) => [name, '(not logged)']);
      add({ request: { method, path: new URL(url).pathname, headers: Object.fromEntries([...kept, ...came]) } });
    },
    event: (event) => add({ event }),
  };
}
