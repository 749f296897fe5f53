/** Longest identifier, in UTF-16 code units: the longest address that mail can be sent to (RFC 5321 §4.5.3.1.3). */
const MAX_LENGTH = 254;
/** Longest text that is looked at: normalising may shorten it. */
const MAX_RAW_LENGTH = 1024;

/**
 * A name or an e-mail address as it is stored, looked up, compared and counted: use it where users are made, too. It follows the
 * profile UsernameCaseMapped of RFC 8265 §3.3, as far as a platform knows Unicode:
 *
 * - spaces around are dropped, which phones and the clipboard add;
 * - full-width and half-width letters and digits become ordinary ones (an input method's `ａｄａ` is `ada`);
 * - lower case, then NFC. Of an e-mail address both sides: the left one may differ by case (RFC 5321 §2.4), and nowhere does;
 * - letters, marks, digits and ASCII, and one space between words; a letter that has a plainer equal (`ﬁ`, `①`), what is not
 *   seen (zero width, tags), controls, symbols, private and unassigned code points are refused, not mended;
 * - a part between `@`, `.`, space and other separators of right-to-left letters has no others, and begins with one (RFC 5893 §2).
 *
 * Stricter than the RFC: `" ( ) , : ; < > [ \ ]`, a second `@`, and full-width symbols such as `＠` are refused, since they make
 * one text another address, or several, to whoever reads it next. So are ZERO WIDTH JOINER and the middle dots that it allows
 * in context.
 *
 * Not checked: whether mail could be sent there; look-alikes of other scripts (`раypal` with Cyrillic letters), which is a matter for
 * whoever makes users. Which letters are assigned depends on the platform's version of Unicode.
 *
 * @param text As somebody typed it.
 * @returns The identifier, which comes out unchanged when given again; `undefined` where there is none of it.
 */
export function normalizeIdentifier(text: string): string | undefined {
  if (text.length > MAX_RAW_LENGTH) return undefined;
  const identifier = prepared(text.replace(/^ +| +$/g, ''));
  return identifier.length <= MAX_LENGTH && isIdentifier(identifier) ? identifier : undefined;
}

function prepared(text: string): string {
  return text
    .replace(/[\uff00-\uffef]/g, (wide) => (/[\p{L}\p{M}\p{N}]/u.test(wide) ? wide.normalize('NFKC') : wide))
    .toLowerCase()
    .normalize('NFC');
}

/** Right-to-left by default, all of them: Hebrew, Arabic and their neighbours. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

function isIdentifier(text: string): boolean {
  // RFC 8264 §9.1, §9.6 and §9.11; its own list of exceptions, apart from what needs a context.
  if (!/^[ -~\p{Ll}\p{Lu}\p{Lo}\p{Lm}\p{Mn}\p{Mc}\p{Nd}\u06fd\u06fe\u0f0b\u3007]+$/u.test(text)) return false;
  if (
    /[\p{Default_Ignorable_Code_Point}\u0640\u07fa\u302e\u302f\u3031-\u3035\u303b\u1100-\u11ff\ua960-\ua97f]/u.test(
      text,
    )
  ) {
    return false;
  }
  // Each alone, since some only in their places compose to what has an equal.
  if ([...text].some((character) => character.normalize('NFKC') !== character.normalize('NFC'))) return false;
  if (/[",:;<>()[\]\\]|@.*@| {2}/.test(text)) return false;
  // Digits of two kinds that look alike (RFC 5892 appendix A.8).
  if (/[\u0660-\u0669]/.test(text) && /[\u06f0-\u06f9]/.test(text)) return false;
  return !/^\p{M}/u.test(text) && text.split(/[ -/@_]/).every(hasOneDirection);
}

function hasOneDirection(part: string): boolean {
  const characters = [...part];
  if (!characters.some((each) => RIGHT_TO_LEFT.test(each))) return true;
  // So its first is a letter from right to left.
  return (
    /\p{L}/u.test(characters[0] as string) &&
    characters.every((each) => RIGHT_TO_LEFT.test(each) || !/\p{L}/u.test(each))
  );
}
