// workerd, what Cloudflare Workers are: by miniflare, on a fixed date of its web platform, without `nodejs_compat`.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Miniflare } from 'miniflare';

const { version } = createRequire(import.meta.url)('workerd/package.json');
const script = new URL('../../.cache/runtimes/workerd.mjs', import.meta.url);
const miniflare = new Miniflare({
  modules: [{ type: 'ESModule', path: 'workerd.mjs', contents: readFileSync(script, 'utf8') }],
  // Else miniflare downloads an example of `request.cf`.
  cf: false,
  compatibilityDate: '2026-04-01',
  bindings: { version },
});
try {
  const headers = { authorization: `Basic ${btoa('ada:correct horse')}`, cookie: 'theme=dark' };
  console.log(await (await miniflare.dispatchFetch('http://localhost/', { headers })).text());
} finally {
  await miniflare.dispose();
}
