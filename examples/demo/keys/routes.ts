import { describeRefusal } from '../../../src/core/describe-refusal.ts';
import { apiKeyEndpoints } from '../../../src/endpoints/api-key-endpoints.ts';
import { leakReports } from '../../../src/endpoints/leak-reports.ts';
import { limits, rateLimit } from '../../../src/guards/limits.ts';
import { scopes } from '../../../src/guards/scopes.ts';
import { type EventListener, protect } from '../../../src/index.ts';
import { apiKey } from '../../../src/schemes/api-key.ts';
import { formOf, onlyPost } from '../form.ts';
import type { Handler } from '../panel.ts';
import type { DemoParts } from '../parts.ts';
import type { DemoSessions } from '../sessions/sessions.ts';
import { signInInstead } from '../sessions/sign-in-instead.ts';
import { FILE, LIMIT } from './call.ts';
import type { DemoKeys } from './keys.ts';
import { keysPage } from './page.ts';
import { createScanner, PUBLIC_KEYS_URL } from './scanner.ts';

export const PAGE = '/keys';
const MINE = '/keys/mine';

/** Everything about API keys, by path. */
export function keyRoutes(onEvent: EventListener, { keys, sessions }: DemoParts): ReadonlyMap<string, Handler> {
  return new Map([
    ...pageRoutes(keys, onEvent, sessions),
    ...apiRoutes(keys, onEvent),
    ...leakRoutes(keys, onEvent, sessions),
  ]);
}

/** The page, and what it calls. Whose keys they are, the session says, and nothing else in a request. */
function pageRoutes(
  { keys, manage }: DemoKeys,
  onEvent: EventListener,
  sessions: DemoSessions,
): ReadonlyMap<string, Handler> {
  const page = protect(
    sessions,
    (request, { principal }) => keysPage(principal, keys.format.begin, new URL(request.url)),
    {
      refuse: signInInstead,
      onEvent,
    },
  );
  const endpoints = protect(sessions, apiKeyEndpoints(manage, { path: MINE, maxKeys: 50 }), {
    refuse: describeRefusal,
    onEvent,
  });
  return new Map([
    [PAGE, page],
    [MINE, endpoints],
    [`${MINE}/*`, endpoints],
  ]);
}

/** What is had with a key. Both ways in share one limit: it is of one name, in one store. */
function apiRoutes({ keys, store }: DemoKeys, onEvent: EventListener): ReadonlyMap<string, Handler> {
  const options = { refuse: describeRefusal, onEvent };
  const api = apiKey({ keys });
  const limited = { store, limits: [rateLimit({ name: 'calls', ...LIMIT })] } as const;
  const read = protect(
    limits(scopes(api, 'files:read'), limited),
    (_request, { principal }) => Response.json({ file: `${principal.subject}’s file`, principal }),
    options,
  );
  const write = protect(
    limits(scopes(api, 'files:write'), limited),
    (_request, { principal }) => Response.json({ written: `${principal.subject}’s file`, principal }),
    options,
  );
  return new Map<string, Handler>([[FILE, (request) => (request.method === 'POST' ? write : read)(request)]]);
}

/** The endpoint for reports, who signs them here, and what a key's owner is told. */
function leakRoutes(
  { keys, manage, addLeak, leaksOf }: DemoKeys,
  onEvent: EventListener,
  sessions: DemoSessions,
): ReadonlyMap<string, Handler> {
  const options = { refuse: describeRefusal, onEvent };
  const scanner = createScanner(keys.pattern);
  const reports = leakReports({
    revoke: (key, context) => manage.revokeKey(key, context),
    onLeak: ({ revoked, url }) => addLeak(revoked, url),
    keysUrl: PUBLIC_KEYS_URL,
    fetch: scanner.fetch,
  });
  const scan = protect(
    sessions,
    async (request) => Response.json(scanner.report((await formOf(request))('text'))),
    options,
  );
  const leaks = protect(sessions, (_request, { session }) => Response.json(leaksOf(session.subject)), options);
  return new Map<string, Handler>([
    // No session: GitHub has none. The signature is what lets it in.
    ['/keys/reports', (request) => reports(request)],
    ['/keys/scanner', onlyPost(scan)],
    ['/keys/leaks', leaks],
  ]);
}
