import { chain } from '../core/chain.ts';
import type { Context } from '../core/context.ts';
import { ABSENT, reject } from '../core/outcome.ts';
import { createContext } from '../runtime.ts';
import type { Store } from '../stores/contract.ts';
import type { CookieJar } from './cookie-jar.ts';
import { lifetimeOf, validChange } from './details.ts';
import { type Keeper, type Kept, kept, ownerOf, secondsOf } from './keeper.ts';
import type { CommonOptions, Details, Issued, Session, SessionAccepted, Sessions } from './types.ts';

/** Sessions of either kind: what happens in which order, wherever they are kept. */
export function createSessions<S extends string, P, D, Claim extends object>(
  scheme: S,
  store: (context: Context) => Store<'atomic' | 'consistent'>,
  jar: CookieJar,
  keeper: Keeper<Claim>,
  load: CommonOptions<S, P, D>['load'],
  lifetime: CommonOptions<S, P, D>['lifetime'],
  schema: CommonOptions<S, P, D>['schema'],
): Omit<Sessions<S, P, D>, 'revoke' | 'revokeOthers'> {
  // No such scheme is registered, no browser acts on it, and RFC 9110 §11.6.1 wants a challenge on each 401.
  const challenges = [`Session realm="${scheme}"`];
  const ended = reject(scheme, 'revoked');

  const epochOf = async (subject: string, context: Context = createContext()): Promise<number> =>
    store(context).epoch(ownerOf(scheme, subject), { fresh: true });

  const endPresented = async (header: string | null, context: Context): Promise<void> => {
    const claim = await jar.find(header, keeper.open, context);
    if (claim && !('kind' in claim)) await keeper.end(claim, context);
  };

  const change =
    (rotate: boolean): Sessions<S, P, D>['rotate'] =>
    async ({ session }, changes = {}, context = createContext()) => {
      return keeper.replace(session, await validChange(changes, schema), rotate, context) as Promise<
        Issued<D> | undefined
      >;
    };

  return {
    schemes: [scheme],
    carriers: [{ header: 'cookie' }],
    challenge: ({ status }) => (status === 403 ? [] : challenges),

    authenticate(request, context) {
      const header = request.headers.get('cookie');
      return chain(jar.find(header, keeper.open, context), (claim) => {
        if (!claim) return ABSENT;
        if ('kind' in claim) return claim;
        return chain(keeper.read(claim, context), (session) => {
          // The cookie stays: another tab may have rotated it, and this answer would clear that tab's new cookie.
          if (!session) return ended;
          return chain(load(session as Session<D>, context), (principal) =>
            principal === null || principal === undefined
              ? chain(keeper.end(claim, context), () => ended)
              : chain(keeper.renew(session, claim, context), (kept) => accepted(scheme, principal, kept)),
          );
        });
      });
    },

    async issue(request, { subject, persistent, lifetime: own, epoch, ...change }, context = createContext()) {
      if (!subject) throw new TypeError('subject: needed');
      const { idle, absolute } = lifetimeOf({ ...lifetime, ...own });
      const details: Details = {
        ...(await validChange(change, schema)),
        persistent,
        idle: own && idle,
      };
      // What was there before must not be there after: it may have been planted (session fixation).
      await endPresented(request.headers.get('cookie'), context);
      const createdAt = secondsOf(context);
      const record = {
        subject,
        createdAt,
        endsAt: createdAt + absolute,
        epoch: epoch ?? (await epochOf(subject, context)),
      };
      return keeper.insert(record, details, context) as Promise<Issued<D>>;
    },

    rotate: change(true),
    update: change(false),

    async signOut(request, { clearSiteData = [] } = {}, context = createContext()) {
      const header = request.headers.get('cookie');
      await endPresented(header, context);
      const value = clearSiteData.map((each) => `"${each}"`).join();
      const effects = jar.clear(header);
      return kept(undefined, value ? [...effects, { header: 'clear-site-data', value }] : effects);
    },

    async revokeAll(subject, context = createContext()) {
      await store(context).endAll(ownerOf(scheme, subject), secondsOf(context));
    },

    epoch: epochOf,
  };
}

function accepted<S extends string, P, D>(
  scheme: S,
  principal: P,
  { session, effects }: Kept,
): SessionAccepted<S, P, D> {
  const { id: credentialId, subject, expiresAt, authTime, amr, acr, freshness } = session;
  return {
    kind: 'accepted',
    scheme,
    principal,
    ambient: true,
    subject,
    expiresAt,
    authTime,
    amr,
    acr,
    credentialId,
    freshness,
    session: session as Session<D>,
    effects,
  };
}
