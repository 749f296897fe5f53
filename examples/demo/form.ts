import type { Handler } from './panel.ts';

/** The fields of a form, each a text; of what is no form, none. */
export async function formOf(request: Request): Promise<(name: string) => string> {
  const form = await request.formData().catch(() => new FormData());
  return (name) => {
    const value = form.get(name);
    return typeof value === 'string' ? value : '';
  };
}

/** What changes something must not be had by a link: any page may have one, and the browser's cookie goes along. */
export function onlyPost(handler: Handler): Handler {
  return async (request, context) =>
    request.method === 'POST'
      ? handler(request, context)
      : new Response(null, { status: 405, headers: { allow: 'POST' } });
}
