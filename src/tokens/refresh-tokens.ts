/**
 * Refresh tokens: sign-ins that last, and access tokens that don't.
 *
 * @module countersign/refresh-tokens
 */
import { assertNoOthers } from '../core/assert-no-others.ts';
import { notify } from '../core/notify.ts';
import { assertWords } from '../http/assert-words.ts';
import { createContext } from '../runtime.ts';
import { storeOf } from '../stores/store-of.ts';
import { type FamilyKeeper, familyKeeper } from './family-keeper.ts';
import { ownerOf } from './owner-of.ts';
import { refreshFamily } from './refresh-family.ts';
import { refreshPolicies } from './refresh-policies.ts';
import { refreshTokenFormat } from './refresh-token-format.ts';
import type { Audiences, RefreshTokens, RefreshTokensOptions } from './refresh-token-types.ts';
import { familyOf, hashed } from './token-family.ts';

export type { Secret } from '../crypto/keyring.ts';
export type * from '../stores/contract.ts';
export type { RefreshAnswer } from './decide-refresh.ts';
export type { RevocationCheck } from './jwt.ts';
export type * from './refresh-token-types.ts';

/**
 * Sign-ins that last, each as one row: a refresh token that is replaced while it is used, and short access tokens.
 *
 * Safe for two tabs, for a retry after a lost answer, and for a phone that comes and goes: whoever presents the token that was good
 * a moment ago gets the one that is good now. Whoever presents an older one has a copy, and that sign-in ends, at once.
 *
 * | refresh token | result | read, written |
 * | --- | --- | --- |
 * | not made with one of the secrets | `malformed` | |
 * | no proof of its family; or of another client, delivery or binding | `invalid` | 1 |
 * | of a family that has ended | `revoked` | 1 |
 * | the present one, made less than 2 × leeway + skew ago | `kept` | 1, and once a generation 1 |
 * | the present one | `rotated` | 1, 1 |
 * | the one before, in the leeway or with the attempt that replaced it | `repeated` | 1 |
 * | an earlier one | `replayed`; the family ends | 1, 1 |
 * | the store throws | it throws | |
 *
 * What a thief can do: with a copy of the present token, get access tokens until the owner refreshes later than the leeway, which
 * ends the sign-in for both. Within the leeway of each rotation a thief who follows the owner is not noticed; a `leeway` of 0, or a
 * `binding`, is for those who can't accept that.
 *
 * What it does not do: authenticate clients (they are the application's own, and public), ask for consent, or look whether the
 * subject still exists (`isActive` does, and `revokeAll` when it goes).
 *
 * @param options `store`, `secrets`, `access` and `audience` at least.
 * @throws TypeError On a bad option; it names the option and never a secret. What a function of the context gives is looked at
 *   when it is called.
 *
 * @example
 * ```ts
 * import { jwtAccess } from 'countersign/access-tokens';
 * import { importSecret } from 'countersign/jwt';
 * import { memoryStore } from 'countersign/memory-store';
 * import { refreshTokens } from 'countersign/refresh-tokens';
 *
 * const key = importSecret('not a secret: an example of 32 bytes');
 * const families = refreshTokens({
 *   store: memoryStore(),
 *   secrets: { a: 'not a secret: another one of 32 bytes' },
 *   access: jwtAccess({ key, issuer: 'https://id.example', expiresIn: 300 }),
 *   audience: 'https://api.example',
 * });
 *
 * const { accessToken, refreshToken } = await families.issue({ subject: 'ada', scopes: ['files:read'] });
 * const refreshed = await families.refresh(refreshToken);
 * console.log(refreshed.ok && refreshed.answer); // kept: it is seconds old
 * ```
 */
export function refreshTokens<D = undefined, const C extends string = string>({
  store,
  secrets,
  access,
  audience,
  prefix = 'refresh',
  clients,
  skew = 5,
  isActive = () => true,
  maxDataBytes = 4096,
  onEvent,
  leeway,
  lifetime,
  delivery,
  ...others
}: RefreshTokensOptions<D, C>): RefreshTokens<D, C> {
  assertNoOthers(others);
  if (!/^[a-z][a-zA-Z\d]{0,15}$/.test(prefix)) throw new TypeError('prefix: [a-z][a-zA-Z\\d]{0,15}');
  if (!access?.issue) throw new TypeError('access: what jwtAccess() or opaqueAccess() made');
  const everybody = (Array.isArray(audience) ? audience : [audience]) as unknown as Audiences;
  if (!everybody.length || everybody.some((name) => !name)) throw new TypeError('audience: needed');
  const policyOf = refreshPolicies({ leeway, lifetime, delivery }, clients, skew);
  const format = refreshTokenFormat(prefix, secrets);
  const storeIn = storeOf(store);
  const kind = `family.${prefix}`;
  const keeper: FamilyKeeper<D> = familyKeeper({
    kind,
    storeIn,
    format,
    policyOf,
    access,
    maxDataBytes,
    tell: (context, event) => notify(context, onEvent, { at: context.now, ...event }),
  });

  return {
    async issue(
      {
        subject,
        client,
        scopes = [],
        audience: meant = everybody,
        binding,
        epoch,
        authTime,
        amr,
        acr,
        label,
        device,
        data,
        ...more
      },
      context = createContext(),
    ) {
      assertNoOthers(more);
      if (!subject) throw new TypeError('subject: needed');
      const policy = policyOf(client);
      if (!policy) throw new TypeError('client: not one of clients');
      if (scopes.length) assertWords('scopes', scopes);
      if (!meant.length || !meant.every((name) => everybody.includes(name)))
        throw new TypeError('audience: not of audience');
      const described = { authTime: authTime ?? Math.floor(context.now), amr, acr, label, device, data };
      const granted = { client, delivery: policy.delivery, scopes, audience: meant as Audiences };
      const bound = { binding: hashed(binding) };
      const held = await keeper.insert(subject, { ...granted, ...bound, ...described }, policy, epoch, context);
      const { scopes: all, audience: whole } = held.details;
      const { tokens } = await keeper.grant(held, { scopes: all, audience: whole }, context);
      return { ...tokens, refreshToken: keeper.tokenOf(held, context) };
    },

    refresh: refreshFamily(keeper, { format, policyOf, isActive }),

    async revoke(subject, id, context = createContext()) {
      const held = await keeper.read({ ...ownerOf(kind, subject), id }, context);
      return held?.record.subject === subject && keeper.end(held, 'revoked', context);
    },

    async revokeToken(token, request = {}, context = createContext()) {
      const parsed = format.parse(token, context);
      const held = parsed && (await keeper.find(parsed, request, context));
      return typeof held === 'object' && keeper.end(held, 'revoked', context);
    },

    async revokeAll(subject, context = createContext()) {
      // In this order: an access token that is made meanwhile finds its family gone.
      await storeIn(context).endAll(ownerOf(kind, subject), Math.floor(context.now));
      await access.revokeAll?.(subject, context);
    },

    async list(subject, { after, limit = 50 } = {}, context = createContext()) {
      const { records, next } = await storeIn(context).list(
        ownerOf(kind, subject),
        { after, limit },
        Math.floor(context.now),
      );
      return { families: records.map((record) => familyOf<D>(keeper.heldOf(record.id, record))), next };
    },

    epoch: async (subject, context = createContext()) => keeper.epoch(subject, context),

    revocations: {
      of({ sid, sub }) {
        // Not a family's: nothing that could end it is known.
        if (typeof sid !== 'string' || !sub) return () => true;
        const key = { kind, partition: ownerOf(kind, sub).partition, id: sid };
        // The context is the options: of it a store may look at `fresh`.
        return async (context) => !(await storeIn(context).read(key, Math.floor(context.now), context));
      },
    },

    isRefreshToken: (token, context = createContext()) => !!format.parse(token, context),
    clients: Object.keys(clients ?? {}) as C[],
    revokeAccessToken: access.revokeToken && (async (token, context) => access.revokeToken?.(token, context)),
  };
}
