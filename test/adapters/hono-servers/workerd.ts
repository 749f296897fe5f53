import { upgradeWebSocket } from 'hono/cloudflare-workers';
import { app, guard, socket } from '../hono-app.ts';

export default app.get('/socket', guard, upgradeWebSocket(socket));
