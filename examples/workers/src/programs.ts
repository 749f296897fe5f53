import { any } from 'countersign';
import { apiKey } from 'countersign/api-key';
import { apiKeyEndpoints } from 'countersign/api-key-endpoints';
import { apiKeys } from 'countersign/api-keys';
import { bearer } from 'countersign/bearer';
import { protectWorker } from 'countersign/cloudflare';
import { limitedByBinding } from 'countersign/cloudflare-limits';
import type { Store } from 'countersign/durable-object-store';
import { scopes } from 'countersign/guards';
import { manageApiKeys } from 'countersign/manage-api-keys';
import { opaqueTokens } from 'countersign/opaque-tokens';
import type { Env } from './env.ts';
import type { Sessions } from './people.ts';
import { secret } from './secret.ts';

/** Who comes without a browser: by API key or access token, both of which a person makes. */
export function programs({ API_LIMIT }: Env, store: Store, sessions: Sessions) {
  const keys = apiKeys({ store, prefix: 'acme' });
  const tokens = opaqueTokens({ store, prefix: 'access' });
  const byToken = bearer({ tokens });
  const api = limitedByBinding(scopes(any(apiKey({ keys }), byToken), 'notes:read'), {
    binding: API_LIMIT,
    period: 60,
    by: ({ credentialId }) => credentialId,
  });
  const manage = manageApiKeys(keys, { scopes: ['notes:read'] });
  return {
    byToken,
    me: protectWorker(api, (_request, { subject, scheme }) => Response.json({ subject, scheme })),
    ownKeys: protectWorker(sessions, apiKeyEndpoints(manage, { path: '/keys' })),
    newToken: protectWorker(sessions, async (_request, { subject = '' }) =>
      secret(await tokens.issue({ subject, scopes: ['notes:read'] })),
    ),
  };
}

export type ByToken = ReturnType<typeof programs>['byToken'];
