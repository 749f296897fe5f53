import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createContext, protect } from '../../src/index.ts';
import { type BasicOptions, type BasicUser, basic } from '../../src/schemes/basic.ts';

const utf8 = (text: string): string => String.fromCharCode(...new TextEncoder().encode(text));
const header = (userPass: string, scheme = 'Basic'): string => `${scheme} ${btoa(utf8(userPass))}`;
const request = (authorization?: string, url = 'https://h.example/'): Request =>
  new Request(url, authorization === undefined ? {} : { headers: { authorization } });

const authenticate = async <U extends BasicUser>(options: BasicOptions<U>, authorization?: string, url?: string) =>
  basic(options).authenticate(request(authorization, url), createContext());

const USERS = [
  { username: 'Aladdin', plaintextPassword: 'open sesame' },
  { username: 'test', plaintextPassword: '123£' },
  { username: 'colon', plaintextPassword: 'a:b::c' },
  { username: 'josé', plaintextPassword: 'crème' },
  { username: '__proto__', plaintextPassword: 'polluted' },
] as const;
const OPTIONS = { realm: 'Test', users: USERS };

describe('published examples (RFC 7617)', () => {
  it('accepts the header of section 2', async () => {
    const outcome = await authenticate(OPTIONS, 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==');
    expect(outcome).toMatchObject({
      kind: 'accepted',
      scheme: 'basic',
      subject: 'Aladdin',
      ambient: true,
      principal: { username: 'Aladdin' },
    });
  });

  it('accepts the header of section 2.1, in UTF-8', async () => {
    expect(await authenticate(OPTIONS, 'Basic dGVzdDoxMjPCow==')).toMatchObject({ kind: 'accepted', subject: 'test' });
  });

  it('asks for UTF-8, as section 2.1 shows', async () => {
    const response = await protect(basic({ realm: 'foo', users: USERS }), () => new Response())(request());
    expect(response.headers.get('www-authenticate')).toBe('Basic realm="foo", charset="UTF-8"');
  });
});

describe('credentials', () => {
  it.each([
    ['colons in the password', header('colon:a:b::c')],
    ['the scheme in any case', header('Aladdin:open sesame', 'bAsIc')],
    ['several spaces after the scheme', header('Aladdin:open sesame').replace(' ', '    ')],
    ['a name and a password composed (NFC)', header('jos\u00e9:cr\u00e8me')],
    ['a name and a password decomposed (NFD)', header('jose\u0301:cre\u0300me')],
    ['a name that is a property of every object', header('__proto__:polluted')],
  ])('accepts %s', async (_, authorization) => {
    expect(await authenticate(OPTIONS, authorization)).toMatchObject({ kind: 'accepted' });
  });

  it.each([
    ['a wrong password', header('Aladdin:open sesam')],
    ['a password with a tail', header('Aladdin:open sesame ')],
    ['a password in another case', header('Aladdin:Open sesame')],
    ['a name in another case', header('aladdin:open sesame')],
    ["somebody else's password", header('Aladdin:123£')],
    ['an unknown user', header('Jafar:open sesame')],
    ['an unknown user with the decoy', header('Jafar:decoy')],
    ['an empty password', header('Aladdin:')],
    ['an empty name', header(':open sesame')],
    ['nothing but the colon', header(':')],
    ['a name that every object has', header('constructor:polluted')],
    ['a byte order mark before the name', header('\ufeffAladdin:open sesame')],
    ['a byte order mark before the password', header('Aladdin:\ufeffopen sesame')],
  ])('rejects %s as invalid', async (_, authorization) => {
    expect(await authenticate(OPTIONS, authorization)).toEqual({
      kind: 'rejected',
      scheme: 'basic',
      reason: 'invalid',
      status: 401,
    });
  });

  const good = btoa('Aladdin:open sesame');
  it.each([
    ['the scheme alone', 'Basic'],
    ['the scheme and a space', 'Basic '],
    ['no colon', header('Aladdin')],
    ['no padding', `Basic ${good.replace(/=+$/, '')}`],
    ['too much padding', `Basic ${good}=`],
    ['padding and more', `Basic ${good}${good}`],
    ['bits that no decoder reads', 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZR=='],
    ['white space inside', `Basic ${good.slice(0, 4)} ${good.slice(4)}`],
    ['a tab after the scheme', `Basic \t${good}`],
    ['the alphabet of base64url', `Basic ${btoa('Aladdin:\u00fb\u00ff').replace('+', '-').replace('/', '_')}`],
    ['the credentials unencoded', 'Basic Aladdin:open sesame'],
    ['percent signs', 'Basic %41%6c'],
    ['quotes', `Basic "${good}"`],
    ['ISO-8859-1', `Basic ${btoa('test:123\u00a3')}`],
    ['overlong UTF-8', `Basic ${btoa('test:\u00c0\u00af')}`],
    ['a surrogate in UTF-8', `Basic ${btoa('test:\u00ed\u00a0\u0080')}`],
    ['NUL in the password', header('Aladdin:open sesame\0')],
    ['NUL in the name', header('Alad\0din:open sesame')],
    ['a line feed in the name', header('Aladdin\nroot:open sesame')],
    ['DEL', header('Aladdin:open sesame\x7f')],
    ['a C1 control character', header('Aladdin:open sesame\u0085')],
    ['auth-params in place of token68', 'Basic username=Aladdin'],
    ['4,097 characters', `Basic ${'A'.repeat(4097)}`],
  ])('rejects %s as malformed', async (_, authorization) => {
    expect(await authenticate(OPTIONS, authorization)).toEqual({
      kind: 'rejected',
      scheme: 'basic',
      reason: 'malformed',
      status: 401,
    });
  });

  it.each([
    ['twice', `Basic ${good}, Basic ${good}`],
    ['twice without a space', `Basic ${good},Basic ${good}`],
    ['and a token', `Basic ${good}, Bearer abc`],
    ['and a bare scheme', `Basic ${good}, Negotiate`],
  ])('answers 400 to credentials given %s', async (_, authorization) => {
    expect(await authenticate(OPTIONS, authorization)).toMatchObject({ reason: 'malformed', status: 400 });
  });

  it.each([
    ['no header', undefined],
    ['an empty header', ''],
    ['another scheme', 'Bearer abc'],
    ['a scheme that begins alike', 'BasicX QWxhZGRpbjpvcGVuIHNlc2FtZQ=='],
    ['a tab in place of the space', `Basic\t${good}`],
  ])('says absent to %s', async (_, authorization) => {
    expect(await authenticate(OPTIONS, authorization)).toMatchObject({ kind: 'absent' });
  });

  it('reads back every name and password without control characters and colon', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((value) => !/\p{Cc}/u.test(value));
    const names = text.filter((value) => !value.includes(':'));
    await fc.assert(
      fc.asyncProperty(names, text, async (username, password) => {
        const verify = vi.fn(() => true);
        const options = { realm: 'x', users: () => ({ passwordHash: 'h' }), passwords: { verify, decoyHash: 'd' } };
        const outcome = await authenticate(options, header(`${username}:${password}`));
        expect(outcome).toMatchObject({ kind: 'accepted', subject: username.normalize('NFC') });
        expect(verify).toHaveBeenCalledWith(password.normalize('NFC'), 'h');
      }),
    );
  });
});

describe('users', () => {
  it('hands the handler the user without the secrets', async () => {
    const users = [{ username: 'ada', plaintextPassword: 'pw', passwordHash: 'hash', role: 'admin' }];
    const outcome = await authenticate({ realm: 'x', users }, header('ada:pw'));
    expect(outcome).toMatchObject({ principal: { username: 'ada', role: 'admin' } });
    expect(JSON.stringify(outcome)).not.toMatch(/pw|hash/);
  });

  it('looks into a map at each request', async () => {
    const users = new Map([['ada', { plaintextPassword: 'pw' }]]);
    expect(await authenticate({ realm: 'x', users }, header('ada:pw'))).toMatchObject({ kind: 'accepted' });
    users.delete('ada');
    expect(await authenticate({ realm: 'x', users }, header('ada:pw'))).toMatchObject({ reason: 'invalid' });
  });

  it('asks a look-up at each request, with the context, and "no longer" ends access at once', async () => {
    const answers: (BasicUser | null | undefined)[] = [{ plaintextPassword: 'pw' }, undefined, null];
    const users = vi.fn(async () => answers.shift());
    const authenticator = basic({ realm: 'x', users });
    const context = createContext({ bindings: { table: 1 } });
    const seen = [];
    for (const _ of [1, 2, 3]) seen.push(await authenticator.authenticate(request(header('ada:pw')), context));
    expect(seen.map((outcome) => outcome.kind)).toEqual(['accepted', 'rejected', 'rejected']);
    expect(users).toHaveBeenCalledTimes(3);
    expect(users).toHaveBeenCalledWith('ada', context);
  });

  it("takes the look-up's spelling of the name for the subject", async () => {
    const users = (name: string) => ({ username: name.toLowerCase(), plaintextPassword: 'pw' });
    expect(await authenticate({ realm: 'x', users }, header('ADA:pw'))).toMatchObject({ subject: 'ada' });
  });

  it.each([[''], [null], [undefined]])('lets nobody in whose password is %o', async (plaintextPassword) => {
    const users = () => ({ plaintextPassword });
    for (const guess of ['', 'decoy', 'null', 'undefined', '\0']) {
      expect((await authenticate({ realm: 'x', users } as never, header(`ada:${guess}`))).kind).toBe('rejected');
    }
  });

  it.each([[''], [null], [undefined]])(
    'lets nobody in whose hash is %o, not even with the decoy password',
    async (passwordHash) => {
      const passwords = { verify: (_: string, hash: string) => hash === 'decoy-hash', decoyHash: 'decoy-hash' };
      const users = () => ({ passwordHash });
      expect(await authenticate({ realm: 'x', users, passwords } as never, header('ada:anything'))).toMatchObject({
        reason: 'invalid',
      });
    },
  );

  it('becomes an outage when a look-up or a verifier throws, whatever the shape of the throw', async () => {
    const failing = [
      () => {
        throw new Error('down');
      },
      () => Promise.reject(new Error('down')),
    ];
    for (const fail of failing) {
      const passwords = { verify: fail, decoyHash: 'd' };
      const byUsers = protect(basic({ realm: 'x', users: fail }), () => new Response());
      const byVerify = protect(
        basic({ realm: 'x', users: () => ({ passwordHash: 'h' }), passwords }),
        () => new Response(),
      );
      expect((await byUsers(request(header('a:b')))).status).toBe(503);
      expect((await byVerify(request(header('a:b')))).status).toBe(503);
    }
  });

  it('accepts only `true` from a verifier', async () => {
    for (const answer of [1, 'true', {}, [], 'yes']) {
      const passwords = { verify: () => answer as unknown as boolean, decoyHash: 'd' };
      const users = () => ({ passwordHash: 'h' });
      expect(await authenticate({ realm: 'x', users, passwords }, header('a:b'))).toMatchObject({ reason: 'invalid' });
    }
  });

  it('does the same work for an unknown user: one verification, of the decoy', async () => {
    const verify = vi.fn((password: string, hash: string) => hash === `hash of ${password}`);
    const passwords = { verify, decoyHash: 'hash of nothing' };
    const users = [{ username: 'ada', passwordHash: 'hash of pw' }];
    const outcomes = [
      await authenticate({ realm: 'x', users, passwords }, header('ada:pw')),
      await authenticate({ realm: 'x', users, passwords }, header('bob:pw')),
      await authenticate({ realm: 'x', users, passwords }, header('bob:nothing')),
    ];
    expect(outcomes.map(({ kind }) => kind)).toEqual(['accepted', 'rejected', 'rejected']);
    expect(verify.mock.calls).toEqual([
      ['pw', 'hash of pw'],
      ['pw', 'hash of nothing'],
      ['nothing', 'hash of nothing'],
    ]);
  });
});

describe('refuseCleartext', () => {
  it.each([
    ['http://h.example/', 'cleartext'],
    ['https://h.example/', undefined],
  ])('%s', async (url, reason) => {
    const outcome = await authenticate({ ...OPTIONS, refuseCleartext: true }, header('Aladdin:open sesame'), url);
    expect('reason' in outcome ? outcome.reason : undefined).toBe(reason);
  });

  it('is off unless asked for: behind a proxy every URL may be http', async () => {
    const outcome = await authenticate(OPTIONS, header('Aladdin:open sesame'), 'http://h.example/');
    expect(outcome.kind).toBe('accepted');
  });
});

describe('misuse, at construction', () => {
  it.each([
    ['an empty realm', { realm: '', users: USERS }, /^realm: /],
    ['no realm', { users: USERS }, /^realm: /],
    ['a realm beyond ASCII', { realm: 'Käse', users: USERS }, /^realm: /],
    ['a line feed in the realm', { realm: 'a\r\nX: y', users: USERS }, /^realm: /],
    ['an unknown option', { realm: 'x', users: USERS, relm: 'y' }, /'relm'/],
    ['a user twice', { realm: 'x', users: [USERS[0], USERS[0]] }, /^users: .*twice/],
    [
      'a user twice after NFC',
      { realm: 'x', users: [USERS[3], { ...USERS[3], username: 'jose\u0301' }] },
      /^users: .*twice/,
    ],
    ['a user without a password', { realm: 'x', users: [{ username: 'ada' }] }, /plaintextPassword/],
    [
      'an undefined password',
      { realm: 'x', users: [{ username: 'ada', plaintextPassword: undefined }] },
      /plaintextPassword/,
    ],
    [
      'a plain password where hashes are verified',
      { realm: 'x', users: USERS, passwords: { verify: (): boolean => true, decoyHash: 'd' } },
      /passwordHash/,
    ],
  ])('%s is a TypeError that names it', (_, options, message) => {
    const make = () => basic(options as never);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
    expect(make).not.toThrow(/open sesame|crème/);
  });

  it('writes any printable realm so that it reads back', async () => {
    const response = await protect(basic({ realm: 'a "b" \\ c, d', users: USERS }), () => new Response())(request());
    expect(response.headers.get('www-authenticate')).toBe('Basic realm="a \\"b\\" \\\\ c, d", charset="UTF-8"');
  });
});

describe('without a synchronous hash, as on Workers', () => {
  it('gives the same answers from WebCrypto', async () => {
    vi.resetModules();
    const detection = vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never);
    try {
      const portable = await import('../../src/schemes/basic.ts');
      const authenticator = portable.basic(OPTIONS);
      const first = authenticator.authenticate(request(header('test:123£')), createContext());
      expect(first).toBeInstanceOf(Promise);
      expect(await first).toMatchObject({ kind: 'accepted', subject: 'test' });
      const wrong = await authenticator.authenticate(request(header('test:124£')), createContext());
      expect(wrong).toMatchObject({ reason: 'invalid' });
    } finally {
      detection.mockRestore();
      vi.resetModules();
    }
  });

  it('answers at once where there is one', () => {
    const outcome = basic(OPTIONS).authenticate(request(header('test:123£')), createContext());
    expect(outcome).toMatchObject({ kind: 'accepted' });
  });
});
