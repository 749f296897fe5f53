import type { Store } from '../../../src/stores/contract.ts';
import { memoryStore } from '../../../src/stores/memory.ts';
import { SEPARATORS, show } from '../../../src/testing/store-contract/cases/names.ts';
import { type AtOnce, type Broken, broken, call, eachVerb, renaming } from './broken.ts';

/** A store that takes names for something else than what they are. */
function misnaming(what: string, name: (name: string) => string, caught: readonly string[]): Broken {
  return broken(
    what,
    renaming((kind, partition, given) => [kind, partition, name(given)]),
    caught.map((each) => `names: ${each}`),
  );
}

/** A store that gives other data back than it got. */
function garbling(what: string, garble: (data: string) => string, caught: readonly string[]): Broken {
  const change = (store: AtOnce): Partial<Store> => ({
    create: (key, record, now) => store.create(key, { ...record, data: garble(record.data) }, now),
    swap: (key, version, next, now, newId) =>
      store.swap(key, version, { ...next, data: garble(next.data) }, now, newId),
  });
  return broken(
    what,
    change,
    caught.map((each) => `data: ${each} comes back as it was`),
  );
}

const alike = (name: string) => `${show(name)} is a name like any other`;

/** Looks names up by a pattern, among those that it has seen. */
function matching(wildcards: RegExp): (name: string) => string {
  const seen = new Set<string>();
  return (name) => {
    const pattern = new RegExp(`^${name.replace(/[.+^${}()|[\]\\*?]/g, '\\$&').replace(wildcards, '.')}$`, 'su');
    const found = [...seen].find((other) => pattern.test(other)) ?? name;
    seen.add(found);
    return found;
  };
}

export const brokenNames: readonly Broken[] = [
  broken(
    'data in a plain object',
    (store) => {
      const data: Record<string, string> = {};
      return {
        create: (key, record, now) => {
          const created = store.create(key, record, now);
          if (created) data[key.id] = record.data;
          return created;
        },
        read: (key, now) => {
          const record = store.read(key, now);
          return record && { ...record, data: data[key.id] ?? record.data };
        },
      };
    },
    [`names: ${alike('__proto__')}`],
  ),
  broken(
    'epochs in a plain object',
    (store) => {
      const epochs: Record<string, number> = {};
      return {
        epoch: ({ subject }) => epochs[subject] ?? 0,
        endAll: (owner, now, exceptId) => {
          const epoch = store.endAll(owner, now, exceptId);
          epochs[owner.subject] = epoch;
          return epoch;
        },
      };
    },
    ['__proto__', 'constructor', 'toString', 'hasOwnProperty'].map((name) => `names: ${alike(name)}`),
  ),
  broken(
    'kinds in a plain object',
    (store) => {
      const kinds: Record<string, AtOnce> = {};
      return eachVerb(store, (verb, given) => {
        const [{ kind }] = given;
        kinds[kind] ??= memoryStore() as AtOnce;
        return call(kinds[kind], verb, given);
      });
    },
    ['__proto__', 'constructor', 'toString'].map(
      (name) => `names: ${name} is a kind and a partition, and nothing of the language changes`,
    ),
  ),
  misnaming('names without case', (name) => name.toLowerCase(), ['"Ada" is not "ada"']),
  misnaming('names in capitals', (name) => name.toUpperCase(), ['"\u00df" is not "ss"']),
  misnaming('names without blanks around', (name) => name.trim(), [
    '"ada " is not "ada"',
    '" ada" is not "ada"',
    '"" is not " "',
    alike(' '),
    alike('\t\r\n'),
    alike('\ufeff\u202e'),
  ]),
  misnaming('names up to NUL', (name) => name.split('\0')[0] as string, [
    '"ada\\u0000" is not "ada"',
    '"ada\\u0000x" is not "ada\\u0000y"',
    '"" is not "\\u0000"',
    alike('\0'),
    alike('a\0b'),
  ]),
  misnaming('names of 64 characters', (name) => name.slice(0, 64), [
    '255 characters is a name like any other',
    '255 characters is not 255 characters that end otherwise',
  ]),
  misnaming('names of 254 characters', (name) => name.slice(0, 254), [
    '255 characters is not 255 characters that end otherwise',
  ]),
  misnaming('names composed', (name) => name.normalize('NFC'), ['"\u00e9" is not "e\u0301"', alike('e\u0301')]),
  misnaming('names made compatible', (name) => name.normalize('NFKC'), ['"\ufb01" is not "fi"']),
  misnaming('names without accents', (name) => name.normalize('NFD').replace(/\p{M}/gu, ''), [
    '"\u00e9" is not "e"',
    alike('e\u0301'),
  ]),
  misnaming('names of three bytes a character', (name) => name.replace(/[\u{10000}-\u{10ffff}]/gu, '?'), [
    '"\u{1f511}" is not "\u{1f512}"',
    alike('\u{1f511}\u{1f468}\u200d\u{1f469}'),
  ]),
  misnaming('names in ASCII', (name) => name.replace(/[^\0-\x7f]/g, '?'), [alike('\u0430d\u0430')]),
  misnaming('names decoded as in a path', (name) => decodeURIComponent(name), [
    '"%61" is not "a"',
    alike('%'),
    alike('%41%00'),
  ]),
  misnaming('names decoded as in a form', (name) => name.replaceAll('+', ' '), ['"a+b" is not "a b"']),
  misnaming('names unescaped', (name) => name.replaceAll('&amp;', '&'), [alike('<b>&amp;</b>')]),
  misnaming('names as replacements', (name) => 'it'.replace('it', name), [alike('$1$&')]),
  misnaming('names as paths', (name) => name.replaceAll('../', ''), [alike('../..')]),
  misnaming('names between quotes', (name) => name.replace(/['"\\]/g, '\\$&'), [
    alike("'; DROP TABLE records; --"),
    alike('"`\\'),
  ]),
  misnaming('names without braces', (name) => name.replace(/^\{(.*)\}$/, '$1'), [alike('{a}')]),
  misnaming('names without wildcards', (name) => name.replace(/[*?]/g, ''), [alike('*?[a-z]')]),
  misnaming('names as patterns of LIKE', matching(/[%_]/g), ['"a" is not "%"', '"a" is not "_"']),
  misnaming('names as patterns of files', matching(/\\[*?]/g), ['"a" is not "*"']),
  misnaming('names as numbers', (name) => (name.trim() && Number.isFinite(+name) ? `${+name}` : name), [
    '"1" is not "01"',
    '"1" is not "1.0"',
    '"1e3" is not "1000"',
  ]),
  misnaming('names that look empty', (name) => (['0', 'null', 'undefined', 'false'].includes(name) ? '' : name), [
    '"null" is not ""',
    '"undefined" is not ""',
    ...['0', 'null', 'undefined', 'false'].map(alike),
  ]),
  broken(
    'an empty name for none',
    (store) => ({
      swap: (key, version, next, now, newId) => store.swap(key, version, next, now, newId || key.id),
      endAll: (owner, now, exceptId) => store.endAll(owner, now, exceptId || undefined),
    }),
    [`names: ${alike('')}`],
  ),
  ...SEPARATORS.map((mark) =>
    broken(
      `names joined by ${show(mark)}`,
      renaming(
        (...names) => ['', '', names.join(mark)],
        (name) => name.split(mark).slice(2).join(mark),
      ),
      [`names: joined by ${show(mark)}, two of them are not one`],
    ),
  ),
  broken(
    'an epoch where a record of that name would be',
    (store) => ({
      endAll: (owner, now, exceptId) => {
        const epoch = store.endAll(owner, now, exceptId);
        store.delete({ ...owner, id: owner.subject }, now);
        return epoch;
      },
    }),
    ['names: an id may be its subject, its kind or its partition'],
  ),
  broken(
    'ids in plain objects, by kind',
    (store) => {
      const ids: Record<string, Record<string, boolean>> = {};
      return {
        create: (key, record, now) => {
          ids[key.kind] ??= {};
          Object.assign(ids[key.kind] as object, { [key.id]: true });
          return store.create(key, record, now);
        },
      };
    },
    ['names: __proto__ is a kind and a partition, and nothing of the language changes'],
  ),
  garbling('data without blanks around', (data) => data.trim(), ['blanks around']),
  garbling('data as null where there is none', (data) => data || 'null', ['nothing']),
  garbling('data up to 65535 bytes', (data) => data.slice(0, 65_535), ['a hundred thousand letters']),
  garbling('data in Latin-1', (data) => data.replace(/[^\0-\xff]/g, '?'), ['text beyond ASCII']),
  garbling('data between quotes', (data) => data.replaceAll("'", "''"), ['quotes and backslashes']),
  garbling('data as JSON', (data) => data && JSON.stringify(JSON.parse(data)), [
    'JSON with blanks, a doubled name, and the order of members',
    'no JSON',
    'a number beyond what a double holds',
  ]),
  garbling('data as JSON of whole characters', (data) => data.replace(/\\u(d[89a-f]..|0000)/g, '\ufffd'), [
    'half a character, as JSON writes it',
    'NUL, as JSON writes it',
  ]),
  garbling('data without hostile names', (data) => data.replaceAll('__proto__', ''), ['JSON of hostile names']),
];
