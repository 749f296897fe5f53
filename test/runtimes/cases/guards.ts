import { equal, ok, refuses } from '../expect.ts';
import type { Case, Library } from '../library.ts';
import { request } from '../requests.ts';

const NOW = 1_800_000_000;

/** The token is JSON of what it says, as base64. */
const api = ({ bearer }: Library) =>
  bearer.bearer({
    tokens: { verify: (token) => (token === 'expired' ? 'expired' : { principal: 'ada', ...JSON.parse(atob(token)) }) },
  });

type Api = ReturnType<typeof api>;

/** Status, and the parameters of the challenge. */
async function ask({ core, http }: Library, guarded: Api, facts: object | string) {
  const token = typeof facts === 'string' ? facts : btoa(JSON.stringify(facts));
  const handler = core.protect(guarded, () => new Response('done'), { context: () => ({ now: NOW }) });
  const response = await handler(request({ authorization: `Bearer ${token}` }));
  const [challenge] = http.parseChallenges(response.headers.get('www-authenticate') ?? '') ?? [];
  const { error, scope, max_age, acr_values } = Object.fromEntries(challenge?.params ?? []);
  return { status: response.status, error, scope, max_age, acr_values };
}

const told = (status: number, more: object = {}) => ({
  status,
  error: undefined,
  scope: undefined,
  max_age: undefined,
  acr_values: undefined,
  ...more,
});
const TOO_LITTLE = { error: 'insufficient_scope', scope: 'files:read files:write' };
const ANEW = { error: 'insufficient_user_authentication' };

export const guardsCases: readonly Case[] = [
  [
    'guards: scopes let in who has all of them, and name all of them to the rest',
    async (library) => {
      const guarded = library.guards.scopes(api(library), 'files:read', 'files:write');
      equal(await ask(library, guarded, { scopes: ['x', 'files:write', 'files:read'] }), told(200));
      for (const scopes of [['files:read'], ['files:writes', 'files:read'], [], undefined]) {
        equal(await ask(library, guarded, { scopes }), told(403, TOO_LITTLE), JSON.stringify(scopes));
      }
      equal(await ask(library, guarded, 'expired'), told(401, { error: 'invalid_token' }));
    },
  ],

  [
    'guards: of several scopes one may do, and the first is what a client is told to ask for',
    async (library) => {
      const guarded = library.guards.anyScope(api(library), 'files:read', 'files:admin');
      equal(await ask(library, guarded, { scopes: ['files:admin'] }), told(200));
      const refusal = { error: 'insufficient_scope', scope: 'files:read' };
      equal(await ask(library, guarded, { scopes: ['files'] }), told(403, refusal));
    },
  ],

  [
    'guards: a handler refuses for want of scopes',
    async ({ core, guards, ...library }) => {
      const handler = core.protect(
        api({ core, guards, ...library }),
        (_request, accepted) => guards.missingScopes(accepted, 'files:write') ?? new Response('done'),
      );
      const send = async (scopes: readonly string[]) =>
        (await handler(request({ authorization: `Bearer ${btoa(JSON.stringify({ scopes }))}` }))).status;
      equal([await send(['files:write']), await send(['files:read'])], [200, 403]);
    },
  ],

  [
    'guards: a sign-in that is too old, or not good enough, is asked for anew',
    async (library) => {
      const recent = library.guards.stepUp(api(library), { maxAge: 300 });
      equal(await ask(library, recent, { authTime: NOW - 300 }), told(200));
      for (const facts of [{ authTime: NOW - 301 }, { authTime: NOW * 1000 }, {}]) {
        equal(await ask(library, recent, facts), told(401, { ...ANEW, max_age: '300' }), JSON.stringify(facts));
      }
      const strong = library.guards.stepUp(api(library), { acr: ['gold', 'silver'] });
      equal(await ask(library, strong, { acr: 'silver' }), told(200));
      equal(await ask(library, strong, { acr: 'lead' }), told(401, { ...ANEW, acr_values: 'gold silver' }));
    },
  ],

  [
    'guards: what can’t be sent in a challenge is refused at construction',
    (library) => {
      const { scopes, stepUp } = library.guards;
      for (const name of ['', 'a b', '"a"', 'é', 'a\n']) refuses(() => scopes(api(library), name), 'scopes');
      refuses(() => stepUp(api(library), {}), 'maxAge');
      refuses(() => stepUp(api(library), { maxAge: 0 }), 'maxAge');
      refuses(() => stepUp(api(library), { acr: ['a b'] }), 'acr');
      ok(stepUp(api(library), { acr: ['urn:x'] }), 'an acr was refused');
    },
  ],
];
