import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokenEndpoints } from '../../src/endpoints/token-endpoints.ts';
import { AUDIENCE, familiesOf, ISSUER, LEEWAY, OLD_ENOUGH } from '../support/families.ts';
import { clockAt } from '../support/sessions.ts';

const clock = clockAt();
const audience = [AUDIENCE, 'https://files.example'] as const;
const families = familiesOf({ clients: { app: {} }, audience });
const endpoints = tokenEndpoints({ path: '/oauth', families });
const client: oauth.Client = { client_id: 'app' };
// Loopback without TLS, which the client refuses unless it is told.
const options = { [oauth.allowInsecureRequests]: true };

let server: Server;
let as: oauth.AuthorizationServer;
beforeAll(async () => {
  server = createServer(getRequestListener((request) => endpoints.fetch(request, clock.context())));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  as = { issuer: ISSUER, token_endpoint: `${origin}/oauth/token`, revocation_endpoint: `${origin}/oauth/revoke` };
});
afterAll(() => server.close());

const refresh = async (token: string, additionalParameters?: Record<string, string>) => {
  const more = additionalParameters && { additionalParameters };
  const response = await oauth.refreshTokenGrantRequest(as, client, oauth.None(), token, { ...options, ...more });
  return oauth.processRefreshTokenResponse(as, client, response);
};
const revoke = async (token: string) =>
  oauth.processRevocationResponse(await oauth.revocationRequest(as, client, oauth.None(), token, options));

describe('oauth4webapi, as it is', () => {
  it('refreshes, narrows, and revokes', async () => {
    const { refreshToken: first } = await families.issue(
      { subject: 'ada', client: 'app', scopes: ['read', 'write'] },
      clock.context(),
    );
    const kept = await refresh(first);
    expect(kept).toMatchObject({ token_type: 'bearer', expires_in: 300, scope: 'read write' });
    expect(kept.refresh_token).toBeUndefined();
    expect(await refresh(first, { scope: 'read', resource: AUDIENCE })).toMatchObject({ scope: 'read' });
    clock.now += OLD_ENOUGH;
    const { refresh_token: second = '' } = await refresh(first);
    expect((await refresh(first)).refresh_token).toBe(second);
    expect(await revoke(second)).toBeUndefined();
    await expect(refresh(second)).rejects.toMatchObject({ error: 'invalid_grant', status: 400 });
    expect(await revoke(second)).toBeUndefined();
    expect(await revoke('garbage')).toBeUndefined();
  });

  it('understands each refusal', async () => {
    const { refreshToken: token, accessToken } = await families.issue(
      { subject: 'ada', client: 'app' },
      clock.context(),
    );
    await expect(refresh('garbage')).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(refresh(token, { scope: 'admin' })).rejects.toMatchObject({ error: 'invalid_scope' });
    await expect(refresh(token, { resource: 'https://elsewhere.example' })).rejects.toMatchObject({
      error: 'invalid_target',
    });
    await expect(revoke(accessToken)).rejects.toMatchObject({ error: 'unsupported_token_type' });
    clock.now += OLD_ENOUGH;
    await refresh(token);
    clock.now += LEEWAY + 1;
    await expect(refresh(token)).rejects.toMatchObject({ error: 'invalid_grant' });
  });
});
