import { describeRefusal, promptOnNavigation } from '../../../src/core/describe-refusal.ts';
import { scopes } from '../../../src/guards/scopes.ts';
import { type EventListener, protect } from '../../../src/index.ts';
import { bearer } from '../../../src/schemes/bearer.ts';
import { firstOf } from '../../../src/tokens/first-of.ts';
import { formOf, onlyPost } from '../form.ts';
import { fromServer } from '../from-server.ts';
import type { Handler } from '../panel.ts';
import type { DemoParts } from '../parts.ts';
import { byPassword } from '../people/by-password.ts';
import type { DemoTokens, Wanted } from './tokens.ts';

export const FILES = '/tokens/files';
export const ISSUE_OPAQUE = '/tokens/issue-opaque';
export const ISSUE_JWT = '/tokens/issue-jwt';
export const REVOKE = '/tokens/revoke';
export const REVOKE_ALL = '/tokens/revoke-all';

/** What a token of the demo may be for. */
const SCOPES = ['files:read', 'files:write'];
const MAX_SECONDS = 600;

/** Everything about tokens, by path. */
export function tokenRoutes(onEvent: EventListener, parts: DemoParts): ReadonlyMap<string, Handler> {
  return new Map([...apiRoutes(parts.tokens, onEvent), ...issuingRoutes(parts, onEvent)]);
}

/** What is had with a token: whichever of both kinds it is. */
function apiRoutes(tokens: DemoTokens, onEvent: EventListener): ReadonlyMap<string, Handler> {
  const options = { refuse: describeRefusal, onEvent };
  const api = bearer({ tokens: firstOf(tokens.opaque, tokens.jwt) });
  const read = protect(
    scopes(api, 'files:read'),
    (_request, { principal, subject, expiresAt = 0 }) =>
      Response.json({ file: `${subject}’s file`, secondsLeft: Math.ceil(expiresAt - Date.now() / 1000), principal }),
    options,
  );
  const write = protect(
    scopes(api, 'files:write'),
    (_request, { principal, subject }) => Response.json({ written: `${subject}’s file`, principal }),
    options,
  );
  // Whoever has a token may end it, whatever else it is for (RFC 7009).
  const revoke = protect(
    api,
    async (_request, { principal }) => {
      await tokens.revoke(principal);
      return Response.json({ revoked: true, principal });
    },
    options,
  );
  return new Map<string, Handler>([
    [FILES, (request) => (request.method === 'POST' ? write : read)(request)],
    [REVOKE, onlyPost(revoke)],
  ]);
}

/** What is had with a password. */
function issuingRoutes(parts: DemoParts, onEvent: EventListener): ReadonlyMap<string, Handler> {
  const options = { refuse: promptOnNavigation(describeRefusal), onEvent, context: fromServer };
  const { tokens } = parts;
  const owner = byPassword('Tokens', parts);
  const issue = (issueOne: (wanted: Wanted) => Promise<string>): Handler =>
    onlyPost(
      protect(
        owner,
        async (request, { principal }) => {
          const wanted = wantedBy(principal.subject, await formOf(request));
          if (typeof wanted === 'string') return Response.json({ problem: wanted, principal }, { status: 400 });
          return Response.json({ token: await issueOne(wanted), ...wanted, principal });
        },
        options,
      ),
    );
  const revokeAll = protect(
    owner,
    async (_request, { principal }) => {
      await tokens.revokeAll(principal.subject);
      return Response.json({ revoked: 'all', principal });
    },
    options,
  );
  return new Map<string, Handler>([
    [ISSUE_OPAQUE, issue(tokens.issueOpaque)],
    [ISSUE_JWT, issue(tokens.issueJwt)],
    [REVOKE_ALL, onlyPost(revokeAll)],
  ]);
}

/**
 * What a form asks for; a text that says what is wrong with it.
 *
 * @param subject Who has shown the password, and never a field: nobody gets a token in somebody else's name.
 */
function wantedBy(subject: string, field: (name: string) => string): Wanted | string {
  const asked = field('scope').split(' ').filter(Boolean);
  const unknown = asked.some((name) => !SCOPES.includes(name));
  if (unknown) return `The scopes here are ${SCOPES.join(' and ')}.`;
  const expiresIn = Number(field('expires_in'));
  if (!Number.isInteger(expiresIn) || expiresIn < 1 || expiresIn > MAX_SECONDS) {
    return `A token lives for 1 to ${MAX_SECONDS} whole seconds.`;
  }
  return { subject, scopes: asked, expiresIn };
}
