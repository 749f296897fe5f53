import { githubReport } from '../../vectors/github-report.ts';
import { equal, ok } from '../expect.ts';
import type { Case, Library } from '../library.ts';
import { at, HOUR } from '../session-app.ts';

/** Of ada, with dice whose bytes are their places; made apart from the library, with node:crypto. */
const MADE_ON_NODE = 'acme_live_11e5DDUC9V97q0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrsNIwOAz';
/** The same under a pepper, HMAC-SHA-256. */
const PEPPERED = 'acme_live_a1e5DDUC9V97q0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrshl7W6Y';
const PEPPER = 'a pepper for tests, of 32 bytes..';

function create({ apiKeys, manageApiKeys, memoryStore }: Library, pepper?: Readonly<Record<string, string>>) {
  const store = memoryStore.memoryStore();
  const keys = apiKeys.apiKeys({ store, prefix: 'acme', environment: 'live', pepper });
  return { store, keys, manage: manageApiKeys.manageApiKeys(keys) };
}

export const apiKeysCases: readonly Case[] = [
  [
    'api keys: a key is the one that Node makes, with and without a pepper, and good here',
    async (library) => {
      const dice = {
        ...at(library, 0),
        random: (length: number) => Uint8Array.from({ length }, (_, index) => index),
      };
      for (const [pepper, golden] of [
        [undefined, MADE_ON_NODE],
        [{ a: PEPPER }, PEPPERED],
      ] as const) {
        const { keys, manage } = create(library, pepper);
        const { key, record } = await manage.create({ subject: 'ada' }, dice);
        equal(key, golden);
        const found = await keys.verify(golden, at(library, 1));
        ok(typeof found === 'object', `it is ${found}`);
        equal([found.subject, found.credentialId], ['ada', record.id]);
      }
    },
  ],

  [
    'api keys: made, used, rotated, revoked, and garbage costs no look-up',
    async (library) => {
      const { keys, manage, store } = create(library);
      const { key, record } = await manage.create({ subject: 'ada', scopes: ['a'] }, at(library, 0));
      const rotated = await manage.rotate('ada', record.id, { overlap: HOUR }, at(library, 1));
      ok(rotated !== undefined, 'not rotated');
      for (const each of [key, rotated.key])
        ok(typeof (await keys.verify(each, at(library, HOUR))) === 'object', 'bad');
      equal(await keys.verify(key, at(library, HOUR + 1)), 'expired');
      ok((await manage.revoke('ada', rotated.record.id, at(library, 2))) !== undefined, 'not revoked');
      equal(await keys.verify(rotated.key, at(library, 2)), 'revoked');
      store.read = () => {
        throw new Error('it looked');
      };
      for (const garbage of [
        '',
        'acme_live_',
        `${key.slice(0, -1)}-`,
        `acme_live_1${'\u00e9'.repeat(73)}`,
        key.slice(1),
      ]) {
        ok(typeof keys.verify(garbage, at(library, 2)) !== 'object', garbage);
      }
    },
  ],

  [
    'api keys: by header, by Authorization, once; the challenge asks for them',
    async (library) => {
      const { keys, manage } = create(library);
      const { key } = await manage.create({ subject: 'ada' }, at(library, 0));
      const api = library.core.protect(library.apiKey.apiKey({ keys }), () => new Response('ok'), {
        context: () => ({ now: at(library, 1).now }),
      });
      const ask = (headers: Record<string, string>) => api(new Request('https://api.example/', { headers }));
      equal((await ask({ 'x-api-key': key })).status, 200);
      equal((await ask({ authorization: `ApiKey ${key}` })).status, 200);
      equal((await ask({ 'x-api-key': key, authorization: `ApiKey ${key}` })).status, 400);
      const refused = await ask({});
      equal([refused.status, refused.headers.get('www-authenticate')], [401, 'ApiKey realm="api"']);
    },
  ],

  [
    'limits: of 100 at once five are let in, and the sixth is told when to come again',
    async (library) => {
      const { protect, accept } = library.core;
      const { limits, rateLimit } = library.limits;
      const robot = {
        schemes: ['robot'],
        carriers: [],
        authenticate: () => accept('robot', null, { subject: 'R2' }),
        challenge: () => [],
      };
      const store = library.memoryStore.memoryStore();
      const limit = rateLimit({ name: 'five', requests: 5, per: 50 });
      const api = protect(limits(robot, { store, limits: [limit] }), () => new Response('ok'), {
        context: () => ({ now: at(library, 0).now }),
      });
      const all = await Promise.all(Array.from({ length: 100 }, () => api(new Request('https://api.example/'))));
      equal(all.filter(({ status }) => status === 200).length, 5);
      const refused = all.find(({ status }) => status === 429);
      equal(
        ['retry-after', 'ratelimit', 'ratelimit-policy'].map((name) => refused?.headers.get(name)),
        ['10', '"five";r=0;t=50', '"five";q=5;w=50'],
      );
    },
  ],

  [
    'leak reports: the example of GitHub’s documentation verifies, and another body does not',
    async (library) => {
      const seen: string[] = [];
      const reports = library.leakReports.leakReports({
        revoke: (key) => void seen.push(key),
        fetch: async () =>
          Response.json({ public_keys: [{ key_identifier: githubReport.identifier, key: githubReport.key }] }),
      });
      const post = async (body: string): Promise<number> => {
        const headers = {
          'github-public-key-identifier': githubReport.identifier,
          'github-public-key-signature': githubReport.signature,
        };
        const request = new Request('https://api.example/leaks', { method: 'POST', headers, body });
        return (await reports(request, at(library, 0))).status;
      };
      equal([await post(githubReport.body), await post(githubReport.body.replace('some', 'same'))], [200, 403]);
      equal(seen, ['some_token']);
    },
  ],

  [
    'api key endpoints: made and listed by whoever is signed in, and nobody else',
    async (library) => {
      const { manage } = create(library);
      const endpoints = library.apiKeyEndpoints.apiKeyEndpoints(manage, { path: '/keys' });
      const ask = async (subject: string, method: string, body?: object) => {
        const request = new Request('https://app.example/keys', {
          method,
          ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
        });
        const answer = await endpoints(request, library.core.accept('test', null, { subject }));
        ok(answer instanceof Response, 'it is a demand');
        return { status: answer.status, body: (await answer.json()) as { keys?: readonly { name: string }[] } };
      };
      equal((await ask('ada', 'POST', { name: 'é' })).status, 201);
      equal((await ask('ada', 'POST', { subject: 'bob' })).status, 400);
      equal(
        (await ask('ada', 'GET')).body.keys?.map(({ name }) => name),
        ['é'],
      );
      equal((await ask('bob', 'GET')).body.keys, []);
    },
  ],
];
