import type { Session } from '../../../src/session/types.ts';

/** Seconds, with the word for one of them. */
const UNITS = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
] as const;

/** How long ago it was, in words. Both in seconds since 1970. */
export function ago(at: number, now: number): string {
  const span = spanOf(now - at);
  return `<time datetime="${new Date(at * 1000).toISOString()}">${span ? `${span} ago` : 'just now'}</time>`;
}

/** How long a session lasts yet, in words. */
export function until({ persistent, endsAt }: Session, now: number): string {
  const span = spanOf(endsAt - now) ?? 'a moment';
  return persistent ? `for ${span} at most` : `until you close the browser, ${span} at most`;
}

/** The largest unit that fits. */
function spanOf(seconds: number): string | undefined {
  const [size, word] = UNITS.find(([each]) => Math.round(seconds) >= each) ?? [];
  if (!size) return undefined;
  const count = Math.round(seconds / size);
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
