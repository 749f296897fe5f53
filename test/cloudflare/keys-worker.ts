/** An API whose keys another server has, in the Cache API meanwhile. `POST /` puts a text into the default cache, as a proxy might. */
import { bearer } from 'countersign/bearer';
import { protectWorker, worker } from 'countersign/cloudflare';
import { edgeKeyCache } from 'countersign/cloudflare-keys';
import { jwt } from 'countersign/jwt';
import { remoteKeys } from 'countersign/remote-keys';

interface Env {
  readonly JWKS: string;
  readonly MAX_AGE: number;
}

export default worker(({ JWKS, MAX_AGE }: Env) => {
  const keys = remoteKeys(JWKS, { cache: edgeKeyCache, maxAge: MAX_AGE });
  const tokens = jwt({ issuer: 'https://id.example', audience: 'https://api.example', keys });
  const api = protectWorker(bearer({ tokens }), (_request, { subject }) => new Response(subject));
  return async (request, env, ctx) => {
    if (request.method !== 'POST') return api(request, env, ctx);
    const headers = { 'content-type': 'application/json', 'cache-control': 'max-age=600' };
    await (caches as CacheStorage & { default: Cache }).default.put(JWKS, new Response(request.body, { headers }));
    return new Response('kept');
  };
});
