import { upgradeWebSocket } from 'hono/deno';
import { app, guard, socket } from '../hono-app.ts';

app.get('/socket', guard, upgradeWebSocket(socket));
declare const Deno: { serve(options: object, handler: typeof app.fetch): unknown };
Deno.serve(
  { hostname: '127.0.0.1', port: 0, onListen: ({ port }: { readonly port: number }) => console.log(port) },
  app.fetch,
);
