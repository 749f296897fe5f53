import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalizeIdentifier } from '../../src/endpoints/identifier.ts';

describe('identifiers', () => {
  it.each<[string, string]>([
    ['ada', 'ada'],
    ['Ada', 'ada'],
    ['  ada ', 'ada'],
    ['Ada.Lovelace@Example.COM', 'ada.lovelace@example.com'],
    ["o'hara+news@example.com", "o'hara+news@example.com"],
    ['+491701234567', '+491701234567'],
    ['Ada Lovelace', 'ada lovelace'],
    ['a_b-c~d!e#f$g%h&i*j/k=l?m^n`o{p|q}r', 'a_b-c~d!e#f$g%h&i*j/k=l?m^n`o{p|q}r'],
    ['__proto__', '__proto__'],
    // RFC 8265 §3.5.
    ['juliet@example.com', 'juliet@example.com'],
    ['fussball', 'fussball'],
    ['fußball', 'fußball'],
    ['π', 'π'],
    ['Σ', 'σ'],
    ['σ', 'σ'],
    ['ς', 'ς'],
    // One text by two ways to write it.
    ['ÄDA', 'äda'],
    ['\u212a', 'k'],
    ['A\u0308da', 'äda'],
    ['\u212bngström', 'ångström'],
    ['s\u0307\u0323', '\u1e69'],
    // Width.
    ['ａｄａ', 'ada'],
    ['ＡＤＡ１２', 'ada12'],
    ['ｶﾞｷﾞ', 'ガギ'],
    ['ｱﾀﾞ', 'アダ'],
    // Scripts.
    ['адa', 'адa'],
    ['Ада', 'ада'],
    ['山田', '山田'],
    ['〇', '〇'],
    ['김철수', '김철수'],
    ['\u1100\u1161', '가'],
    ['दवे', 'दवे'],
    ['ไทย', 'ไทย'],
    ['דוד', 'דוד'],
    ['דוד@example.com', 'דוד@example.com'],
    ['דוד2', 'דוד2'],
    ['محمد', 'محمد'],
    ['محمد.علي', 'محمد.علي'],
    ['𐐀𐐁', '𐐨𐐩'],
    ['İ', 'i\u0307'],
    ['Đ', 'đ'],
    ['x'.repeat(254), 'x'.repeat(254)],
    [`${' '.repeat(500)}ada${' '.repeat(500)}`, 'ada'],
    ['a\u0308'.repeat(254), 'ä'.repeat(254)],
  ])('%s is %s', (given, expected) => {
    expect(normalizeIdentifier(given)).toBe(expected);
    expect(normalizeIdentifier(expected)).toBe(expected);
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['space alone', '   '],
    ['NUL', 'a\0da'],
    ['a line feed', 'ada\n'],
    ['CR LF', 'ada@example.com\r\nbcc: eve@evil.example'],
    ['a tab', 'ada\t'],
    ['DEL', 'a\u007f'],
    ['NEL', 'a\u0085'],
    ['a lone surrogate', 'a\ud800'],
    ['surrogates the wrong way round', '\udc00\ud800'],
    ['the replacement character', 'a\ufffd'],
    ['a noncharacter', 'a\uffff'],
    ['an unassigned code point', 'a\u0378'],
    ['a private one', 'a\ue000'],
    ['a byte order mark', '\ufeffada'],
    ['a zero-width space', 'a\u200bda'],
    ['a zero-width joiner', 'a\u200dda'],
    ['a soft hyphen', 'a\u00adda'],
    ['a word joiner', 'a\u2060da'],
    ['a variation selector', 'a\ufe0f'],
    ['a tag', 'a\u{e0061}'],
    ['an override of direction', 'a\u202eda'],
    ['an isolate', '\u2066ada\u2069'],
    ['a Hangul filler', 'a\u3164'],
    ['a combining grapheme joiner', 'a\u034fa'],
    ['a no-break space', 'a\u00a0da'],
    ['an ideographic space', 'a\u3000da'],
    ['two spaces', 'ada  lovelace'],
    ['a line separator', 'a\u2028'],
    ['full-width @ (U+FF20)', 'ada＠example.com'],
    ['small @ (U+FE6B)', 'ada﹫example.com'],
    ['two @', 'ada@example.com@evil.example'],
    ['full-width full stop', 'ada@example．com'],
    ['ideographic full stop', 'ada@example。com'],
    ['full-width comma', 'ada，eve'],
    ['a comma', 'ada@example.com,eve@evil.example'],
    ['a semicolon', 'ada@example.com;eve'],
    ['angle brackets', 'Ada <ada@example.com>'],
    ['markup', 'ada@example.com<script>'],
    ['quotes', '"ada"@example.com'],
    ['a comment', 'ada(home)@example.com'],
    ['a backslash', 'EXAMPLE\\ada'],
    ['a colon', 'ada:lovelace'],
    ['brackets', 'ada@[192.0.2.1]'],
    ['a ligature', 'o\ufb03ce'],
    ['a circled digit', 'ada①'],
    ['a superscript', 'ada²'],
    ['a long s', 'bo\u017fs'],
    ['a Roman numeral (RFC 8265 §3.5)', 'henryⅣ'],
    ['a chess piece (RFC 8265 §3.5)', '♚'],
    ['the dž digraph', 'ǆ'],
    ['mathematical letters', '𝐚𝐝𝐚'],
    ['the feminine ordinal', 'ª'],
    ['a symbol', 'ada™'],
    ['a currency', 'ada€'],
    ['an emoji', 'ada😀'],
    ['a dash', 'ada–b'],
    ['a middle dot', 'a·b'],
    ['a half-width symbol', 'a￨b'],
    ['full-width forms of what is ASCII', 'ａｄａ＜'],
    ['a tatweel', 'مح\u0640مد'],
    ['a mark at the beginning', '\u0308a'],
    ['old Hangul letters', '\u1113\u1161'],
    ['right-to-left after left-to-right', 'adaדוד'],
    ['left-to-right after right-to-left', 'דודada'],
    ['a digit before right-to-left', '2דוד'],
    ['both within a part of an address', 'דוד@exampleדוד.com'],
    ['digits of two kinds', 'م\u0661\u06f1'],
    ['255', 'x'.repeat(255)],
    ['255 after composing', 'a\u0308'.repeat(255)],
    ['longer than is looked at', ' '.repeat(1_000_000)],
    ['a megabyte of marks', `a${'\u0300'.repeat(1_000_000)}`],
  ])('%s is refused', (_, given) => {
    expect(normalizeIdentifier(given)).toBe(undefined);
  });

  it('whatever comes out comes out again, and has nothing that hides', () => {
    const character = fc.oneof(
      fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
      fc.constantFrom(
        'a',
        'B',
        '@',
        '.',
        ' ',
        'Ä',
        '\u0308',
        '\u0323',
        'Σ',
        'ς',
        'İ',
        'ß',
        'ｶ',
        'ﾞ',
        'Ａ',
        'ד',
        '1',
        '가',
        '\u11a8',
      ),
    );
    let kept = 0;
    fc.assert(
      fc.property(fc.array(character, { maxLength: 6 }), (characters) => {
        const once = normalizeIdentifier(characters.join(''));
        if (once === undefined) return;
        kept++;
        expect(normalizeIdentifier(once)).toBe(once);
        expect(once).toBe(once.normalize('NFC'));
        expect(once).toBe(once.toLowerCase());
        expect(once).toBe(once.trim());
        expect(once).not.toMatch(/[\p{C}\p{Zl}\p{Zp}\p{So}\p{Default_Ignorable_Code_Point}]/u);
        expect(encodeURIComponent(once)).toBeTruthy();
      }),
      { numRuns: 20_000 },
    );
    expect(kept).toBeGreaterThan(1000);
  });

  it('every character alone: what comes out is stable, and no two ways to write it are two identifiers', () => {
    let kept = 0;
    for (let code = 0; code <= 0x10ffff; code++) {
      const given = String.fromCodePoint(code);
      const once = normalizeIdentifier(given);
      if (once === undefined) continue;
      kept++;
      if (normalizeIdentifier(once) !== once) throw new Error(`U+${code.toString(16)}: not stable`);
      if (normalizeIdentifier(given.normalize('NFD')) !== once) throw new Error(`U+${code.toString(16)}: two by NFD`);
      if (normalizeIdentifier(given.normalize('NFC')) !== once) throw new Error(`U+${code.toString(16)}: two by NFC`);
    }
    // Letters of the world, most of them Han.
    expect(kept).toBeGreaterThan(100_000);
  });
});
