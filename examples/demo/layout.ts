const HEADERS = {
  'content-security-policy': "default-src 'self'; base-uri 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
};

/** A response with the headers that every page and file of the demo has. */
export function answer(body: string, type: string, status = 200, cacheControl = 'no-cache'): Response {
  return new Response(body, { status, headers: { ...HEADERS, 'content-type': type, 'cache-control': cacheControl } });
}

/** A page as a response. */
export function htmlPage(title: string, body: string, status?: number, cacheControl?: string): Response {
  return answer(layout(title, body), 'text/html; charset=utf-8', status, cacheControl);
}

/** The browser gets the next page by GET, whatever it sent: a reload sends no form again (RFC 9110 §15.4.4). */
export function redirect(path: string): Response {
  return new Response(null, { status: 303, headers: { location: path } });
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

function layout(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/page.css">
${body}
</html>
`;
}
