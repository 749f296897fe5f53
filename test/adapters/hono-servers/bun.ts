import { upgradeWebSocket, websocket } from 'hono/bun';
import { app, guard, socket } from '../hono-app.ts';

app.get('/socket', guard, upgradeWebSocket(socket));
declare const Bun: { serve(options: object): { readonly port: number } };
const { port } = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: app.fetch, websocket });
console.log(port);
