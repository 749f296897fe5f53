import node from '@astrojs/node';
import { defineConfig } from 'astro/config';
import { alias } from '../aliases.ts';

export default defineConfig({
  output: 'server',
  adapter: node({ mode: 'middleware' }),
  // Astro refuses each POST without an Origin, a program's too, before anybody looks at its credentials.
  security: { checkOrigin: false },
  vite: { resolve: { alias } },
});
