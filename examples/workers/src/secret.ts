/** What nobody can find out again must not lie in a cache. */
export const secret = (value: unknown): Response =>
  Response.json(value, { status: 201, headers: { 'cache-control': 'no-store' } });
