import { CALL } from '../keys/call.ts';
import { keyRoutes, PAGE } from '../keys/routes.ts';
import type { CreatePanel } from '../panel.ts';

export const keysPanel: CreatePanel = (onEvent, parts) => ({
  ...CALL,
  routes: keyRoutes(onEvent, parts),
  links: [{ path: PAGE, text: 'Open your API keys', how: 'which needs a session: make, rotate and revoke them there' }],
});
