import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFields } from '../../src/endpoints/read-fields.ts';

const KINDS = { identifier: 'line', password: 'secret', returnTo: 'line?', remember: 'flag' } as const;
const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';
const encoder = new TextEncoder();

type Body = string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | undefined;

function post(body: Body, type: string | undefined = FORM): Request {
  const bytes = typeof body === 'string' ? encoder.encode(body) : body;
  const init = { method: 'POST', headers: type ? { 'content-type': type } : {}, body: bytes, duplex: 'half' };
  return new Request('https://app.example/sign-in', init as RequestInit);
}

const read = (body: Body, type?: string) => readFields(post(body, type), KINDS);

/** Status, the field that is to blame, and the sentence. */
async function refusal(body: Body, type?: string) {
  const answer = await read(body, type);
  if (!(answer instanceof Response)) throw new Error(`read: ${JSON.stringify(answer)}`);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const { status, field, detail } = (await answer.json()) as Record<string, unknown>;
  expect(answer.status).toBe(status);
  return [status, field, detail];
}

const ADA = { identifier: 'ada', password: 'correct horse', returnTo: undefined, remember: false };

describe('a form', () => {
  it.each<[string, object]>([
    ['identifier=ada&password=correct+horse', ADA],
    ['identifier=ada&password=correct%20horse', ADA],
    ['&identifier=ada&&password=correct+horse&', ADA],
    ['%69dentifier=ada&password=correct+horse', ADA],
    ['identifier=ada&password=correct+horse&returnTo=', ADA],
    ['identifier=ada&password=correct+horse&returnTo=%2Fa', { ...ADA, returnTo: '/a' }],
    ['identifier=ada&password=correct+horse&remember=on', { ...ADA, remember: true }],
    ['identifier=ada&password=correct+horse&remember=1', { ...ADA, remember: true }],
    ['identifier=ada&password=correct+horse&remember=false', ADA],
    ['identifier=ada&password=correct+horse&remember', ADA],
    ['identifier=ada&password=correct+horse&csrf_token=x&button=&button=&userId=1', ADA],
    ['identifier=%C3%A4da&password=p%C3%A4ss', { ...ADA, identifier: 'äda', password: 'päss' }],
    ['identifier=äda&password=päss', { ...ADA, identifier: 'äda', password: 'päss' }],
    ['identifier=a%2Bb%40c&password=a=b==', { ...ADA, identifier: 'a+b@c', password: 'a=b==' }],
    ['identifier=%F0%9F%98%80&password=+%20x%20+', { ...ADA, identifier: '😀', password: '  x  ' }],
    ['identifier=ada&password=tab%09and%0Dmore', { ...ADA, password: 'tab\tand\rmore' }],
    ['constructor=x&toString=y&identifier=ada&password=correct+horse', ADA],
  ])('%s', async (body, expected) => {
    expect(await read(body)).toEqual(expected);
  });

  it.each([FORM, `${FORM};charset=UTF-8`, `${FORM} ; charset="utf-8"`, FORM.toUpperCase(), `${FORM};charset=utf8`])(
    'as %s',
    async (type) => {
      expect(await read('identifier=ada&password=correct+horse', type)).toEqual(ADA);
    },
  );

  it.each<[string, unknown, unknown]>([
    ['', 'identifier', 'identifier: needed.'],
    ['identifier=ada', 'password', 'password: needed.'],
    ['identifier=&password=x', 'identifier', 'identifier: needed.'],
    ['identifier=ada&password=', 'password', 'password: needed.'],
    ['identifier&password=x', 'identifier', 'identifier: needed.'],
    ['Identifier=ada&password=x', 'identifier', 'identifier: needed.'],
    ['identifier[]=ada&password=x', 'identifier', 'identifier: needed.'],
    ['identifier=ada&identifier=ada&password=x', 'identifier', 'identifier: given twice.'],
    ['identifier=ada&password=x&password=', 'password', 'password: given twice.'],
    ['identifier=ada&password=x&p%61ssword=y', 'password', 'password: given twice.'],
    ['identifier=ada&password=x&returnTo=/a&returnTo=//b', 'returnTo', 'returnTo: given twice.'],
    ['identifier=ada&password=x&remember=on&remember=off', 'remember', 'remember: given twice.'],
    ['identifier=ada&password=x&remember=maybe', 'remember', 'remember: neither true nor false.'],
    ['identifier=ada&password=x&__proto__=y', '__proto__', '__proto__: no such field.'],
    ['identifier=ada&password=x&%5F_proto__=y', '__proto__', '__proto__: no such field.'],
    ['identifier=a%00da&password=x', 'identifier', 'identifier: control characters.'],
    ['identifier=a%0Ada&password=x', 'identifier', 'identifier: control characters.'],
    ['identifier=a%09da&password=x', 'identifier', 'identifier: control characters.'],
    ['identifier=a%7Fda&password=x', 'identifier', 'identifier: control characters.'],
    ['identifier=a%C2%85da&password=x', 'identifier', 'identifier: control characters.'],
    ['identifier=a%E2%80%A8da&password=x', 'identifier', 'identifier: control characters.'],
    ['identifier=ada&password=x&returnTo=/a%0D%0Ab', 'returnTo', 'returnTo: control characters.'],
    ['identifier=ada&password=right%00x', 'password', 'password: control characters.'],
    ['identifier=ada&password=%EF%BF%BD', 'password', 'password: not Unicode.'],
    ['identifier=ada&password=%FF', undefined, 'The body is no form.'],
    ['identifier=ada&password=%C3', undefined, 'The body is no form.'],
    ['identifier=ada&password=%C0%AF', undefined, 'The body is no form.'],
    ['identifier=ada&password=%ED%A0%80', undefined, 'The body is no form.'],
    ['identifier=ada&password=100%', undefined, 'The body is no form.'],
    ['identifier=ada&password=%u0041', undefined, 'The body is no form.'],
    ['{"identifier":"ada","password":"x"}', 'identifier', 'identifier: needed.'],
    ['identifier: ada\npassword: x', 'identifier', 'identifier: needed.'],
  ])('%s is refused', async (body, field, detail) => {
    expect(await refusal(body)).toEqual([400, field, detail]);
  });
});

describe('JSON', () => {
  it.each<[string, object]>([
    ['{"identifier":"ada","password":"correct horse"}', ADA],
    [' { "password" : "correct horse" , "identifier" : "ada" } \n', ADA],
    [
      '{"identifier":"ada","password":"correct horse","remember":true,"returnTo":"/a"}',
      { ...ADA, remember: true, returnTo: '/a' },
    ],
    ['{"identifier":"ada","password":"correct horse","remember":false,"returnTo":""}', ADA],
    ['{"\\u0069dentifier":"ada","password":"correct\\u0020horse"}', ADA],
    [
      '{"identifier":"ada","password":"correct horse","other":{"identifier":"x","__proto__":1},"list":[{"password":"y"}]}',
      ADA,
    ],
    [
      '{"identifier":"{\\"identifier\\":1}","password":"\\\\\\"}:{"}',
      { ...ADA, identifier: '{"identifier":1}', password: '\\"}:{' },
    ],
    ['{"identifier":"ada","password":"correct horse","x":1,"x":2}', ADA],
    ['{"identifier":"😀","password":"\\ud83d\\ude00"}', { ...ADA, identifier: '😀', password: '😀' }],
  ])('%s', async (body, expected) => {
    expect(await read(body, JSON_TYPE)).toEqual(expected);
  });

  it.each<[string, unknown, unknown]>([
    ['{}', 'identifier', 'identifier: needed.'],
    ['{"identifier":"ada"}', 'password', 'password: needed.'],
    ['{"identifier":"","password":"x"}', 'identifier', 'identifier: needed.'],
    ['{"identifier":null,"password":"x"}', 'identifier', 'identifier: not text.'],
    ['{"identifier":5,"password":"x"}', 'identifier', 'identifier: not text.'],
    ['{"identifier":["ada"],"password":"x"}', 'identifier', 'identifier: not text.'],
    ['{"identifier":{"$gt":""},"password":"x"}', 'identifier', 'identifier: not text.'],
    ['{"identifier":"ada","password":{"$ne":null}}', 'password', 'password: not text.'],
    ['{"identifier":"ada","password":true}', 'password', 'password: not text.'],
    ['{"identifier":"ada","password":"x","returnTo":null}', 'returnTo', 'returnTo: not text.'],
    ['{"identifier":"ada","password":"x","remember":null}', 'remember', 'remember: neither true nor false.'],
    ['{"identifier":"ada","password":"x","remember":1}', 'remember', 'remember: neither true nor false.'],
    ['{"identifier":"ada","identifier":"bob","password":"x"}', 'identifier', 'identifier: given twice.'],
    ['{"identifier":"ada","password":"x","p\\u0061ssword":"y"}', 'password', 'password: given twice.'],
    ['{"identifier":"ada","password":"x","__proto__":{"admin":true}}', '__proto__', '__proto__: no such field.'],
    ['{"identifier":"ada","password":"x","\\u005f_proto__":1}', '__proto__', '__proto__: no such field.'],
    ['{"__proto__":{"identifier":"ada","password":"x"}}', '__proto__', '__proto__: no such field.'],
    ['{"identifier":"a\\u0000da","password":"x"}', 'identifier', 'identifier: control characters.'],
    ['{"identifier":"ada\\u2029","password":"x"}', 'identifier', 'identifier: control characters.'],
    ['{"identifier":"ada","password":"right\\u0000"}', 'password', 'password: control characters.'],
    ['{"identifier":"\\ud800","password":"x"}', 'identifier', 'identifier: not Unicode.'],
    ['{"identifier":"ada","password":"\\udc00\\ud800"}', 'password', 'password: not Unicode.'],
    ['{"identifier":"ada","password":"\\ufffd"}', 'password', 'password: not Unicode.'],
    ['', undefined, 'The body is no JSON object.'],
    ['null', undefined, 'The body is no JSON object.'],
    ['"identifier"', undefined, 'The body is no JSON object.'],
    ['[{"identifier":"ada","password":"x"}]', undefined, 'The body is no JSON object.'],
    ['{"identifier":"ada","password":"x"}{}', undefined, 'The body is no JSON object.'],
    ["{'identifier':'ada'}", undefined, 'The body is no JSON object.'],
    ['{"identifier":"a\nda","password":"x"}', undefined, 'The body is no JSON object.'],
    ['\ufeff{"identifier":"ada","password":"x"}', undefined, 'The body is no JSON object.'],
    ['identifier=ada&password=x', undefined, 'The body is no JSON object.'],
    ['['.repeat(16_000), undefined, 'The body is no JSON object.'],
    ['{"a":'.repeat(3000), undefined, 'The body is no JSON object.'],
  ])('%s is refused', async (body, field, detail) => {
    expect(await refusal(body, JSON_TYPE)).toEqual([400, field, detail]);
  });

  it('nothing is polluted, and no absent field is found on a prototype', async () => {
    await read('{"identifier":"ada","password":"x","__proto__":{"admin":true}}', JSON_TYPE);
    expect(({} as Record<string, unknown>).admin).toBe(undefined);
    for (const name of ['constructor', 'toString', 'hasOwnProperty']) {
      const answer = await readFields(post('{}', JSON_TYPE), { [name]: 'line' });
      expect(answer).toBeInstanceOf(Response);
      expect(await readFields(post('{}', JSON_TYPE), { [name]: 'line?' })).toEqual({ [name]: undefined });
    }
  });

  it('the names are those that the object has, each as often as it is written', async () => {
    const name = fc.constantFrom('a', 'b', '"', '\\', '{', '}', ':', '[', 'a:', '"a":', '\u2028', 'é');
    const value = fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, value), { maxLength: 6 }), async (members) => {
        const body = `{${members.map(([key, each]) => `${JSON.stringify(key)} :${JSON.stringify(each)}`).join(',')}}`;
        // Raw, it stands for what is not UTF-8.
        fc.pre(!body.includes('\ufffd'));
        for (const wanted of new Set(members.map(([key]) => key))) {
          const mine = members.filter(([key]) => key === wanted);
          const answer = await readFields(post(body, JSON_TYPE), { [wanted]: 'secret' });
          const only = mine.length === 1 ? mine[0]?.[1] : undefined;
          const isGood = typeof only === 'string' && only !== '' && !/[\0\p{Cs}\ufffd]/u.test(only);
          if (isGood) expect(answer).toEqual({ [wanted]: only });
          else if (mine.length > 1) {
            expect(await (answer as Response).json()).toMatchObject({ detail: `${wanted}: given twice.` });
          } else expect(answer).toBeInstanceOf(Response);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('other bodies', () => {
  const GOOD = 'identifier=ada&password=x';

  it.each([
    'multipart/form-data; boundary=x',
    'text/plain',
    'text/plain;application/json',
    'application/jsonp',
    'application/problem+json',
    'json',
    '*/*',
    `${FORM}, ${JSON_TYPE}`,
    `${JSON_TYPE}, ${JSON_TYPE}`,
    `${FORM};charset`,
    '__proto__',
    'a'.repeat(10_000),
  ])('%s is refused', async (type) => {
    expect(await refusal(GOOD, type)).toEqual([
      415,
      undefined,
      'A body is application/json or application/x-www-form-urlencoded.',
    ]);
  });

  it('without a type', async () => {
    const request = post(GOOD, '');
    request.headers.delete('content-type');
    const answer = await readFields(request, KINDS);
    expect((answer as Response).status).toBe(415);
  });

  it.each(['iso-8859-1', 'utf-16', 'utf-7', 'us-ascii', 'utf-8 ', '""', 'utf-8-x'])('in %s', async (charset) => {
    for (const type of [FORM, JSON_TYPE]) {
      const value = charset === 'utf-8 ' ? '"utf-8 "' : charset;
      expect(await refusal(GOOD, `${type}; charset=${value}`)).toEqual([415, undefined, 'A body is UTF-8.']);
    }
  });

  it.each<[string, readonly number[]]>([
    ['a lone byte', [0xff]],
    ['ISO-8859-1', [0xe4]],
    ['cut short', [0xc3]],
    ['overlong', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
  ])('bytes that are not UTF-8: %s', async (_, bytes) => {
    const around = (before: string, after: string) =>
      new Uint8Array([...encoder.encode(before), ...bytes, ...encoder.encode(after)]);
    const expected = [400, undefined, 'The body is not UTF-8.'];
    expect(await refusal(around('identifier=ada&password=', ''))).toEqual(expected);
    expect(await refusal(around('x=', '&identifier=ada&password=x'))).toEqual(expected);
    expect(await refusal(around('{"identifier":"ada","password":"', '"}'), JSON_TYPE)).toEqual(expected);
  });

  it('one of 1 MB, and one that never ends, are read no further than need be', async () => {
    const big = `${GOOD}&x=${'x'.repeat(1024 * 1024)}`;
    const expected = [413, undefined, 'A body has 16384 bytes at most.'];
    expect(await refusal(big)).toEqual(expected);
    expect(await refusal(JSON.stringify({ identifier: 'ada', password: 'x'.repeat(1024 * 1024) }), JSON_TYPE)).toEqual(
      expected,
    );
    let pulled = 0;
    let cancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(1024).fill(0x61));
      },
      cancel() {
        cancelled = true;
      },
    });
    expect(await refusal(endless)).toEqual(expected);
    expect(pulled).toBeLessThanOrEqual(20);
    expect(cancelled).toBe(true);
  });

  it('up to the limit, and as far as asked', async () => {
    const most = `${GOOD}&x=${'x'.repeat(16_384 - GOOD.length - 3)}`;
    expect(await read(most)).toMatchObject({ identifier: 'ada' });
    expect((await refusal(`${most}x`))[0]).toBe(413);
    const answer = await readFields(post(GOOD), KINDS, { maxBytes: 10 });
    expect((answer as Response).status).toBe(413);
    // In bytes, not in characters.
    expect(await readFields(post('a=€€€'), { a: 'line' }, { maxBytes: 11 })).toEqual({ a: '€€€' });
    expect(((await readFields(post('a=€€€'), { a: 'line' }, { maxBytes: 10 })) as Response).status).toBe(413);
  });

  it('without a body', async () => {
    expect(await refusal(undefined)).toEqual([400, 'identifier', 'identifier: needed.']);
    expect(await refusal(undefined, JSON_TYPE)).toEqual([400, undefined, 'The body is no JSON object.']);
  });

  it('characters that are cut by the network are whole again', async () => {
    const bytes = encoder.encode('identifier=äda€😀&password=x');
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    expect(await read(stream)).toMatchObject({ identifier: 'äda€😀' });
  });

  it('one that breaks off is an exception, not a refusal', async () => {
    const broken = new ReadableStream<Uint8Array>({ start: (controller) => controller.error(new Error('gone')) });
    await expect(read(broken)).rejects.toThrow('gone');
  });

  it('what was sent is in no refusal', async () => {
    const secret = 'hunter2';
    for (const [body, type] of [
      [`identifier=ada&password=${secret}%00`, FORM],
      [`identifier=ada&password=${secret}&password=${secret}`, FORM],
      [`identifier=${secret}%0a&password=x`, FORM],
      [`{"identifier":"ada","${secret}":"x"}`, JSON_TYPE],
      [`{"identifier":"ada","password":"${secret}"`, JSON_TYPE],
      [`identifier=ada&password=x&remember=${secret}`, FORM],
    ] as const) {
      const answer = await read(body, type);
      expect(await (answer as Response).text()).not.toContain(secret);
    }
  });

  it('any bytes are fields or a refusal', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'identifier',
        'password',
        '=',
        '&',
        '%',
        '%41',
        '"',
        '{',
        '}',
        ':',
        ',',
        '[',
        ']',
        '\\',
        '\\u',
        '+',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), fc.constantFrom(FORM, JSON_TYPE), async (pieces, type) => {
        const answer = await read(pieces.join(''), type);
        if (answer instanceof Response) expect([400, 413]).toContain(answer.status);
        else expect(typeof answer.identifier === 'string' && answer.identifier !== '').toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

it('what comes out has the types that were asked for', async () => {
  const fields = await readFields(post('a=1&b=2'), { a: 'line', b: 'secret', c: 'line?', d: 'flag' });
  if (fields instanceof Response) throw new Error('refused');
  const typed: { readonly a: string; readonly b: string; readonly c: string | undefined; readonly d: boolean } = fields;
  // @ts-expect-error Not asked for.
  expect(fields.e).toBe(undefined);
  expect(typed).toEqual({ a: '1', b: '2', c: undefined, d: false });
});
