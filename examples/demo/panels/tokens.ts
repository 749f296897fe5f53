import type { CreatePanel, PanelRequest } from '../panel.ts';
import { FILES, ISSUE_JWT, ISSUE_OPAQUE, REVOKE, REVOKE_ALL, tokenRoutes } from '../tokens/routes.ts';

const PASSWORD = [['authorization', 'Basic base64({username}:{password})']] as const;
const TOKEN = [['authorization', 'Bearer {token}']] as const;

const issue = (label: string, path: string): PanelRequest => ({
  label,
  path,
  headers: PASSWORD,
  form: { scope: '{scope}', expires_in: '{seconds}' },
  keep: 'token',
});

export const tokensPanel: CreatePanel = (onEvent, parts) => ({
  id: 'tokens',
  title: 'Bearer tokens',
  about: `
    <p>Two kinds of token in one <code>bearer</code>: an opaque one, which only the store knows the meaning of, and a JWT,
    which says what it is and is signed: <code>firstOf(opaque, jwt)</code>. Whoever has the password gets one, good for 20
    seconds; then press “Read the file” again.</p>
    <p>Reading needs <code>files:read</code>, writing <code>files:write</code>. A token without the scope is a 403 whose
    challenge names it; an expired or revoked one is a 401. Revoking is true at once, for both kinds.</p>`,
  fields: [
    { name: 'username', label: 'User name', value: 'ada' },
    { name: 'password', label: 'Password', value: 'correct horse' },
    { name: 'scope', label: 'Scopes', value: 'files:read' },
    { name: 'seconds', label: 'Good for, in seconds', value: '20' },
    { name: 'token', label: 'Token', value: '' },
  ],
  requests: [
    issue('Issue an opaque token', ISSUE_OPAQUE),
    issue('Issue a JWT', ISSUE_JWT),
    { label: 'Read the file', headers: TOKEN },
    { label: 'Write the file', headers: TOKEN, form: {} },
    { label: 'Send without a token', headers: [] },
    { label: 'Send a changed token', headers: [['authorization', 'Bearer {token}A']] },
    { label: 'Revoke this token', path: REVOKE, headers: TOKEN, form: {} },
    { label: 'Revoke all of this person’s', path: REVOKE_ALL, headers: PASSWORD, form: {} },
  ],
  path: FILES,
  routes: tokenRoutes(onEvent, parts),
  curl: (origin) => `-u 'ada:correct horse' -d scope=files:read -d expires_in=20 ${origin}${ISSUE_OPAQUE}`,
});
