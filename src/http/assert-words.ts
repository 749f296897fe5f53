/**
 * Refuses names that can't be sent as a list with spaces between: scopes (RFC 6749 §3.3), and `acr_values`, which are of the
 * same characters. One name with a space in it would be read as two.
 *
 * @param option What the message names.
 * @throws TypeError On none at all, on a text in place of a list, and on what is no text of those characters, such as the
 *   `undefined` of an environment that lacks a name.
 */
export function assertWords(option: string, words: readonly string[]): void {
  if (!words.length || !words.every?.((word) => word?.match?.(/^[!#-[\]-~]+$/))) {
    throw new TypeError(`${option}: needs ASCII words`);
  }
}
