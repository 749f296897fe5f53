/**
 * Text as PostgreSQL and SQLite can keep it: the first has no room for NUL, tools of the second stop reading there, and PGlite
 * drops a byte order mark in front. Whatever has none of these, nor the character U+0001, stays as it is, so whoever queries
 * a table finds what they look for.
 */
export function escapeText(text: string): string {
  return text.replace(/^\ufeff|[\0\x01]/g, (found) => `\x01${ESCAPED.indexOf(found)}`);
}

export function unescapeText(text: string): string {
  return text.replace(/\x01([012])/g, (_, index: string) => ESCAPED.charAt(Number(index)));
}

/** In their order, so that two texts sort as they would without (but for the mark in front). */
const ESCAPED = '\0\x01\ufeff';
