/** What an endpoint says to a program: somebody's own, or a key that is shown once. No cache may keep it. */
export function json(status: number, body: unknown): Response {
  return Response.json(body, { status, headers: { 'cache-control': 'no-store' } });
}
