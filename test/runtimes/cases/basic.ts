import { equal, ok, refuses } from '../expect.ts';
import type { Case } from '../library.ts';
import { basicValue, request, view } from '../requests.ts';
import { CHALLENGE, staff, users } from '../staff.ts';

export const basicCases: readonly Case[] = [
  [
    'basic: nothing presented is a 401 that is kept out of caches',
    async (library) => {
      const [handler, reasons] = staff(library);
      const response = await handler(request());
      equal([...response.headers].sort(), [
        ['cache-control', 'no-store'],
        ['vary', 'authorization'],
        ['www-authenticate', CHALLENGE],
      ]);
      equal([response.status, ...reasons, response.body], [401, 'absent', null]);
    },
  ],

  [
    'basic: HEAD and a method of nobody are asked as GET is',
    async (library) => {
      const [handler] = staff(library);
      equal((await handler(request({}, 'HEAD'))).status, 401);
      equal((await handler(view({}, 'BREW') as Request)).status, 401);
      equal((await handler(request({ authorization: basicValue('ada', 'correct horse') }, 'HEAD'))).status, 200);
    },
  ],

  [
    'basic: two Authorization lines are a 400, whoever joins them',
    async (library) => {
      const [handler] = staff(library);
      const headers = new Headers({ authorization: basicValue('ada', 'correct horse') });
      headers.append('authorization', basicValue('bob', 'a:b::c'));
      equal((await handler(new Request('https://app.example/', { headers }))).status, 400);
    },
  ],

  [
    'basic: characters that no header can have are refused, not thrown at',
    async (library) => {
      const [handler] = staff(library);
      for (const value of [
        'Basic \u0142',
        'Basic \ud800',
        '\u0130asic x',
        'Basic\tYWRhOng=',
        'Basic\u00a0YWRhOng=',
        '',
      ]) {
        equal((await handler(view({ authorization: value }) as Request)).status, 401, JSON.stringify(value));
      }
    },
  ],

  [
    'basic: the principal is the user without the secret',
    async ({ core, basic }) => {
      const authenticator = basic.basic({ realm: 'Staff', users });
      const outcome = await authenticator.authenticate(
        request({ authorization: basicValue('ada', 'correct horse') }),
        core.createContext(),
      );
      equal(outcome, {
        kind: 'accepted',
        scheme: 'basic',
        principal: { username: 'ada', role: 'admin' },
        ambient: true,
        subject: 'ada',
      });
    },
  ],

  [
    'basic: answers at once where node:crypto is within reach, else by WebCrypto',
    async ({ core, basic }, { hasNodeHash }) => {
      const authenticator = basic.basic({ realm: 'Staff', users });
      const answer = authenticator.authenticate(
        request({ authorization: basicValue('ada', 'correct horse') }),
        core.createContext(),
      );
      equal(answer instanceof Promise, !hasNodeHash, 'a promise:');
      equal((await answer).kind, 'accepted');
    },
  ],

  [
    'basic: a map is looked into at each request',
    async ({ core, basic }) => {
      const map = new Map([['ada', { plaintextPassword: 'old' }]]);
      const handler = core.protect(basic.basic({ realm: 'Staff', users: map }), () => new Response('in'));
      const statusOf = async (password: string): Promise<number> =>
        (await handler(request({ authorization: basicValue('ada', password) }))).status;
      equal([await statusOf('old'), await statusOf('new')], [200, 401]);
      map.set('ada', { plaintextPassword: 'new' });
      equal([await statusOf('old'), await statusOf('new')], [401, 200]);
      map.delete('ada');
      equal(await statusOf('new'), 401);
    },
  ],

  [
    'basic: a look-up may answer late, by a thenable, and take access away',
    async ({ core, basic }) => {
      let employed = true;
      const lookUp = (username: string): PromiseLike<{ plaintextPassword: string } | null> => ({
        // A query builder: it has `then` and is no Promise.
        // biome-ignore lint/suspicious/noThenProperty: that is what is tested.
        then: (resolve, reject) =>
          Promise.resolve(employed && username === 'ada' ? { plaintextPassword: 'x' } : null).then(resolve, reject),
      });
      const handler = core.protect(basic.basic({ realm: 'Staff', users: lookUp }), () => new Response('in'));
      const ask = (): Promise<Response> => handler(request({ authorization: basicValue('ada', 'x') }));
      equal((await ask()).status, 200);
      employed = false;
      equal((await ask()).status, 401);
    },
  ],

  [
    'basic: a verifier gets the composed password, and a decoy where there is no user',
    async ({ core, basic }) => {
      const calls: (readonly string[])[] = [];
      const passwords = {
        decoyHash: 'nobody',
        verify: async (...call: [string, string]) => calls.push(call) > 0 && call[1] === 'hash of caf\u00e9',
      };
      const verified = basic.basic({
        realm: 'Staff',
        users: [{ username: 'ada', passwordHash: 'hash of caf\u00e9' }],
        passwords,
      });
      const handler = core.protect(verified, () => new Response('in'));
      equal((await handler(request({ authorization: basicValue('ada', 'cafe\u0301') }))).status, 200);
      equal((await handler(request({ authorization: basicValue('eve', 'x') }))).status, 401);
      equal(calls, [
        ['caf\u00e9', 'hash of caf\u00e9'],
        ['x', 'nobody'],
      ]);
    },
  ],

  [
    'basic: refuses cleartext where told to',
    async ({ core, basic }) => {
      const handler = core.protect(basic.basic({ realm: 'Staff', users, refuseCleartext: true }), () => new Response());
      const headers = { authorization: basicValue('ada', 'correct horse') };
      equal((await handler(request(headers, 'GET', 'http://app.example/'))).status, 401);
      equal((await handler(request(headers, 'GET', 'https://app.example/'))).status, 200);
    },
  ],

  [
    'basic: a realm with quotes and backslashes is read back as it was',
    async ({ core, basic, http }) => {
      const realm = 'Staff, "west" \\ wing';
      const response = await core.protect(basic.basic({ realm, users }), () => new Response())(request());
      const [read, ...others] = http.parseChallenges(response.headers.get('www-authenticate') ?? '') ?? [];
      equal(
        [read?.scheme, read?.params.get('realm'), read?.params.get('charset'), others],
        ['Basic', realm, 'UTF-8', []],
      );
    },
  ],

  [
    'basic: misuse is a TypeError that names the option and no password',
    ({ basic }) => {
      const twice = [...users, { username: 'ada', plaintextPassword: 'very secret', role: '' }];
      refuses(() => basic.basic({ realm: '', users }), 'realm');
      refuses(() => basic.basic({ realm: 'Staff', users: twice }), 'users');
      refuses(() => basic.basic({ realm: 'Staff', users, ...{ relm: 'Staff' } }), 'relm');
      try {
        basic.basic({ realm: 'Staff', users: twice });
      } catch (error) {
        ok(!String(error).includes('secret'), `${error}`);
      }
    },
  ],
];
