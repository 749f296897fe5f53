import { CALL } from '../keys/call.ts';
import { keyRoutes, PAGE } from '../keys/routes.ts';
import type { CreatePanel } from '../panel.ts';

export const keysPanel: CreatePanel = (onEvent, sessions) => ({
  ...CALL,
  routes: keyRoutes(onEvent, sessions),
  links: [{ path: PAGE, text: 'Open your API keys', how: 'which needs a session: make, rotate and revoke them there' }],
});
