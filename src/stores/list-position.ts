/** Sorts newest first, then by id: what `next` of a page is, where a backend can be asked for what comes after. */
export function listPosition({ createdAt, id }: { readonly createdAt: number; readonly id: string }): string {
  return `${createdAt} ${id}`;
}

/** Where the page before ended. What no page gave is before the first. */
export function parsePosition(after: string | null | undefined): { readonly createdAt: number; readonly id: string } {
  const [, createdAt, id] = /^(\d{1,15}) (.*)$/s.exec(after ?? '') ?? [];
  return createdAt === undefined
    ? { createdAt: Number.MAX_SAFE_INTEGER, id: '' }
    : { createdAt: Number(createdAt), id: id as string };
}
