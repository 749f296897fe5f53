import { parseMediaType } from '../http/media-type.ts';
import { problem } from './problem.ts';
import { readText } from './read-text.ts';

/**
 * What a field is.
 *
 * - `line`: text that is not empty, without control characters: they would forge a line of a log.
 * - `line?`: the same, or nothing. Empty is nothing: a form sends all of its fields.
 * - `lines?`: any number of such texts, one after the other in a form; a list in JSON.
 * - `secret`: text that is not empty, as it was typed; without NUL, at which a hasher may take a password to end.
 * - `flag`: `true` or `false` in JSON; in a form a box that was ticked or not.
 */
export type FieldKind = 'line' | 'line?' | 'lines?' | 'secret' | 'flag';

export type Fields<K extends Readonly<Record<string, FieldKind>>> = {
  readonly [Name in keyof K]: {
    readonly line: string;
    readonly 'line?': string | undefined;
    readonly 'lines?': readonly string[] | undefined;
    readonly secret: string;
    readonly flag: boolean;
  }[K[Name]];
};

export interface ReadFieldsOptions {
  /** How far a body is read. Default 16384. */
  readonly maxBytes?: number | undefined;
  /** JSON is refused, too. */
  readonly formOnly?: boolean | undefined;
  /** Makes a refusal. Default: problem details. */
  readonly say?: typeof problem | undefined;
}

/**
 * Reads a few fields from a form post (`application/x-www-form-urlencoded`, WHATWG URL §5.1) or a JSON object.
 *
 * What two readers could understand in two ways is refused: a field given twice, also in JSON, where `JSON.parse` keeps the
 * last and others the first; bytes that are not UTF-8, and U+FFFD, which many decoders put in their place, so that two passwords
 * would be one; a text cut within a pair of surrogates; `__proto__`.
 *
 * Fields that are not asked for are ignored: forms have buttons and CSRF tokens. `multipart/form-data` is refused: it is for files.
 *
 * @param request Its body is used up.
 * @param kinds The fields by name.
 * @param options `maxBytes`.
 * @returns The fields; or a refusal as problem details: 400 with the member `field` where one is to blame, 413, 415. What was
 *   sent is never in it.
 * @throws What reading the body throws: the client has gone, or somebody has read it before.
 */
export async function readFields<const K extends Readonly<Record<string, FieldKind>>>(
  request: Request,
  kinds: K,
  { maxBytes = 16_384, formOnly = false, say = problem }: ReadFieldsOptions = {},
): Promise<Fields<K> | Response> {
  const { type, subtype, params } = parseMediaType(request.headers.get('content-type') ?? '') ?? {};
  const mediaType = `${type}/${subtype}`;
  const isForm = mediaType === 'application/x-www-form-urlencoded';
  if (!isForm && (formOnly || mediaType !== 'application/json')) {
    return say(415, `A body is ${formOnly ? '' : 'application/json or '}application/x-www-form-urlencoded.`);
  }
  if (!/^utf-?8$/i.test(params?.get('charset') ?? 'utf-8')) return say(415, 'A body is UTF-8.');
  const text = await readText(request, maxBytes);
  if (text === undefined) return say(413, `A body has ${maxBytes} bytes at most.`);
  if (text.includes('\ufffd')) return say(400, 'The body is not UTF-8.');
  const given = isForm ? readForm(text) : readJson(text);
  if (!given) return say(400, `The body is no ${isForm ? 'form' : 'JSON object'}.`);
  if (given.has('__proto__')) return refuseField('__proto__', 'no such field', say);

  const fields: [string, unknown][] = [];
  for (const [name, kind] of Object.entries(kinds)) {
    const values = given.get(name) ?? [];
    const field = kind === 'lines?' ? listOf(values) : fieldOf(kind, values);
    if ('fault' in field) return refuseField(name, field.fault, say);
    fields.push([name, field.value]);
  }
  return Object.fromEntries(fields) as Fields<K>;
}

/** A 400 that names the field. @param fault Without what was sent. */
export function refuseField(field: string, fault: string, say: typeof problem = problem): Response {
  return say(400, `${field}: ${fault}.`, {}, { field });
}

type Field<T> = { readonly value: T } | { readonly fault: string };

function listOf(given: readonly unknown[]): Field<readonly unknown[] | undefined> {
  const fields = given.flat().map((value) => fieldOf('line', [value]));
  const faulty = fields.find((field) => 'fault' in field);
  if (faulty) return faulty as { readonly fault: string };
  return { value: fields.length ? fields.map((field) => 'value' in field && field.value) : undefined };
}

function fieldOf(kind: FieldKind, [value, ...more]: readonly unknown[]): Field<string | boolean | undefined> {
  if (more.length) return { fault: 'given twice' };
  if (kind === 'flag') {
    if ([true, 'on', 'true', '1'].includes(value as string)) return { value: true };
    // A box that was not ticked is not sent.
    const isOff = [false, 'off', 'false', '0', '', undefined].includes(value as string);
    return isOff ? { value: false } : { fault: 'neither true nor false' };
  }
  if (value === undefined || value === '') return kind === 'line?' ? { value: undefined } : { fault: 'needed' };
  if (typeof value !== 'string') return { fault: 'not text' };
  if (/[\p{Cs}\ufffd]/u.test(value)) return { fault: 'not Unicode' };
  // U+2028 and U+2029 end a line for some.
  const refused = kind === 'secret' ? /\0/ : /[\p{Cc}\u2028\u2029]/u;
  return refused.test(value) ? { fault: 'control characters' } : { value };
}

/** All values by name. `undefined` where it is not what its type says. */
type Given = ReadonlyMap<string, readonly unknown[]> | undefined;

function readForm(body: string): Given {
  // Not by `URLSearchParams`, which puts U+FFFD for what is not UTF-8 and takes a bad escape for text.
  const decode = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));
  try {
    return grouped(
      body
        .split('&')
        .filter((pair) => pair)
        .map((pair) => {
          const at = pair.includes('=') ? pair.indexOf('=') : pair.length;
          return [decode(pair.slice(0, at)), decode(pair.slice(at + 1))];
        }),
    );
  } catch {
    return undefined;
  }
}

function readJson(body: string): Given {
  try {
    const object: unknown = JSON.parse(body);
    if (typeof object !== 'object' || object === null || Array.isArray(object)) return undefined;
    // A name that is there twice has its last value twice: it is refused all the same.
    return grouped(memberNames(body).map((name) => [name, (object as Readonly<Record<string, unknown>>)[name]]));
  } catch {
    return undefined;
  }
}

/** The names of an object's own members, in order, each as often as it is there. @param json Valid, and an object. */
function memberNames(json: string): readonly string[] {
  const names: string[] = [];
  let depth = 0;
  let last = '';
  for (const [token] of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}:]/g)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    else if (token !== ':') last = token;
    // `"\u0061"` is the name `a`.
    else if (depth === 1) names.push(JSON.parse(last) as string);
  }
  return names;
}

function grouped(pairs: readonly (readonly unknown[])[]): ReadonlyMap<string, readonly unknown[]> {
  const groups = new Map<string, unknown[]>();
  for (const [name, value] of pairs) {
    const group = groups.get(name as string);
    if (group) group.push(value);
    else groups.set(name as string, [value]);
  }
  return groups;
}
