/** What arrives of a request: no credentials are asked for, so that whatever a proxy lets through is seen. */
export const GET = (request: Request): Response =>
  Response.json(Object.fromEntries(request.headers), { headers: { 'cache-control': 'max-age=60' } });
