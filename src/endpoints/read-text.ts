/**
 * The body of a request as text.
 *
 * @param maxBytes Counted while it is read: a `Content-Length` may be absent, or that of a compressed body.
 * @returns `undefined` where it is longer; then the rest is not read.
 */
export async function readText(request: Request, maxBytes: number): Promise<string | undefined> {
  const reader = request.body?.getReader();
  // A byte order mark stays: whoever signed the bytes signed it too.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let text = '';
  for (let bytes = 0; reader; ) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.length;
    if (bytes > maxBytes) {
      // Not awaited: the sender may never end.
      reader.cancel().catch(() => {});
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
  return text + decoder.decode();
}
