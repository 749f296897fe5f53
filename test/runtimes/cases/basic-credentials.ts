import { equal } from '../expect.ts';
import type { Case } from '../library.ts';
import { base64, basicValue, request } from '../requests.ts';
import { CHALLENGE, staff } from '../staff.ts';

const accepted: readonly (readonly [what: string, value: string, username: string])[] = [
  ['the right password', basicValue('ada', 'correct horse'), 'ada'],
  ['a scheme name in any case', basicValue('ada', 'correct horse').replace('Basic', 'bAsIc'), 'ada'],
  ['several spaces behind the scheme', basicValue('ada', 'correct horse').replace(' ', '   '), 'ada'],
  ['colons in the password', basicValue('bob', 'a:b::c'), 'bob'],
  ['UTF-8 in name and password', basicValue('zo\u00eb', 'p\u00e4ssw\u00f6rd'), 'zo\u00eb'],
  ['characters beyond U+FFFF', basicValue('key', '\u{1f511}\u4e2d\u6587'), 'key'],
  ['decomposed letters for composed ones', basicValue('zoe\u0308', 'pa\u0308sswo\u0308rd'), 'zo\u00eb'],
  ['composed letters for decomposed ones', basicValue('chlo\u00eb', 'caf\u00e9'), 'chloe\u0308'],
];

const bytes = (...list: number[]): string => `Basic ${base64(list)}`;
const ADA = [0x61, 0x64, 0x61, 0x3a];

const refused: readonly (readonly [what: string, value: string, status: number, reason: string])[] = [
  ['a wrong password', basicValue('ada', 'battery staple'), 401, 'invalid'],
  ['the beginning of the password', basicValue('ada', 'correct hors'), 401, 'invalid'],
  ['the password and more', basicValue('ada', 'correct horse '), 401, 'invalid'],
  ['an empty password', basicValue('ada', ''), 401, 'invalid'],
  ['a name in another case', basicValue('Ada', 'correct horse'), 401, 'invalid'],
  ['a user that does not exist', basicValue('eve', 'correct horse'), 401, 'invalid'],
  ['the password that stands in for no user', basicValue('eve', 'decoy'), 401, 'invalid'],
  ['a name that every object has', basicValue('__proto__', 'correct horse'), 401, 'invalid'],
  ['no colon', bytes(0x61, 0x64, 0x61), 401, 'malformed'],
  ['nothing behind the scheme', 'Basic', 401, 'malformed'],
  ['base64 that lacks padding', 'Basic YWRhOng', 401, 'malformed'],
  ['base64 with bits left over', 'Basic YWRhOnh4eB==', 401, 'malformed'],
  ['base64 with a space in it', 'Basic YWRh OnhY', 401, 'malformed'],
  ['the alphabet of base64url', 'Basic YTo_Pz8-', 401, 'malformed'],
  ['no base64 at all', 'Basic !!!', 401, 'malformed'],
  ['Latin-1', bytes(...ADA, 0xe9), 401, 'malformed'],
  ['overlong UTF-8', bytes(...ADA, 0xc0, 0xaf), 401, 'malformed'],
  ['a surrogate in UTF-8', bytes(...ADA, 0xed, 0xa0, 0x80), 401, 'malformed'],
  ['UTF-8 that ends too soon', bytes(...ADA, 0xe2, 0x82), 401, 'malformed'],
  ['NUL in the password', basicValue('ada', 'correct\0horse'), 401, 'malformed'],
  ['a line feed in the name', basicValue('a\nda', 'x'), 401, 'malformed'],
  ['DEL in the password', basicValue('ada', 'x\x7f'), 401, 'malformed'],
  ['a control character of two bytes', basicValue('ada', 'x\u0085'), 401, 'malformed'],
  ['more than anybody types', basicValue('ada', 'x'.repeat(5000)), 401, 'malformed'],
  ['two values joined by a comma', `${basicValue('ada', 'correct horse')}, Bearer x`, 400, 'malformed'],
  ['a scheme that is not configured', 'Bearer YWRhOmNvcnJlY3QgaG9yc2U=', 401, 'unknown_scheme'],
  [
    'a scheme of a longer name',
    `${basicValue('ada', 'correct horse').replace('Basic', 'Basics')}`,
    401,
    'unknown_scheme',
  ],
];

export const basicCredentialsCases: readonly Case[] = [
  ...accepted.map(
    ([what, value, username]): Case => [
      `basic: accepts ${what}`,
      async (library) => {
        const [handler, reasons] = staff(library);
        const response = await handler(request({ authorization: value }));
        equal([response.status, ...reasons], [200], 'answered');
        equal(await response.text(), username);
      },
    ],
  ),

  ...refused.map(
    ([what, value, status, reason]): Case => [
      `basic: refuses ${what}`,
      async (library) => {
        const [handler, reasons] = staff(library);
        const response = await handler(request({ authorization: value }));
        equal([response.status, ...reasons], [status, reason], 'answered');
        equal(response.headers.get('www-authenticate'), CHALLENGE);
        equal(await response.text(), '', 'the body is');
      },
    ],
  ),
];
