import type { Context } from '../core/context.ts';
import { encodeBase64url } from '../crypto/base64url.ts';
import type { RecordChange, RecordKey, Store, StoreRecord } from '../stores/contract.ts';
import { assertData } from './assert-data.ts';
import { ownerOf } from './owner-of.ts';
import type { FullRefreshPolicy } from './refresh-policies.ts';
import type { ParsedRefreshToken, RefreshTokenFormat } from './refresh-token-format.ts';
import type {
  AccessGrant,
  AccessTokenIssuer,
  IssuedTokens,
  RefreshEvent,
  RefreshRequest,
} from './refresh-token-types.ts';
import { type FamilyDetails, familyOf, type HeldFamily } from './token-family.ts';

/** Keeps families in a store: what is read and written in which order, whatever is decided. */
export interface FamilyKeeper<D> {
  tell(context: Context, type: RefreshEvent['type'], held?: HeldFamily, reason?: RefreshEvent['reason']): void;
  epoch(subject: string, context: Context): Promise<number>;
  heldOf(id: string, record: StoreRecord): HeldFamily;
  read(key: RecordKey, context: Context): Promise<HeldFamily | undefined>;
  /** A token's family, if the token is one of it and is presented as its tokens are; else why not. */
  find(
    parsed: ParsedRefreshToken,
    request: Pick<RefreshRequest, 'client' | 'delivery'>,
    context: Context,
  ): Promise<HeldFamily | 'invalid' | 'revoked'>;
  /** Adds a family, under an id and with a salt of its own making. */
  insert(
    subject: string,
    details: Omit<FamilyDetails, 'generation' | 'rotatedAt' | 'salt' | 'key'>,
    policy: FullRefreshPolicy,
    epoch: number | undefined,
    context: Context,
  ): Promise<HeldFamily>;
  /** Changes a family as it was read. @returns What stands there now; `undefined` where somebody was faster. */
  replace(held: HeldFamily, details: FamilyDetails, context: Context): Promise<HeldFamily | undefined>;
  /** Ends a family, and its access tokens where they can be reached. @returns `true` for exactly one caller. */
  end(held: HeldFamily, type: 'reused' | 'revoked', context: Context): Promise<boolean>;
  /** The token of the present generation. */
  tokenOf(held: HeldFamily, context: Context): string;
  /** Makes an access token. @returns Also whether the family is still there, as far as that is looked at. */
  grant(
    held: HeldFamily,
    grant: Omit<AccessGrant, 'family'>,
    context: Context,
  ): Promise<{ readonly tokens: IssuedTokens<D>; readonly ended: boolean }>;
}

export interface FamilyKeeperParts<D> {
  readonly kind: string;
  readonly storeIn: (context: Context) => Store<'atomic' | 'consistent'>;
  readonly format: RefreshTokenFormat;
  readonly policyOf: (client: string | undefined) => FullRefreshPolicy | undefined;
  readonly access: AccessTokenIssuer<D>;
  readonly maxDataBytes: number;
  readonly tell: (context: Context, event: Omit<RefreshEvent, 'at'>) => void;
}

export function familyKeeper<D>({
  kind,
  storeIn,
  format,
  policyOf,
  access,
  maxDataBytes,
  tell: say,
}: FamilyKeeperParts<D>): FamilyKeeper<D> {
  const keyOf = ({ id, record: { subject } }: HeldFamily): RecordKey => ({ ...ownerOf(kind, subject), id });

  const tell: FamilyKeeper<D>['tell'] = (context, type, held, reason) =>
    say(context, { type, reason, subject: held?.record.subject, family: held?.id, client: held?.details.client });

  const heldOf: FamilyKeeper<D>['heldOf'] = (id, record) => ({
    id,
    record,
    details: JSON.parse(record.data) as FamilyDetails,
  });

  const read: FamilyKeeper<D>['read'] = async (key, context) => {
    // A replica would keep a family alive for as long as it lags.
    const record = await storeIn(context).read(key, Math.floor(context.now), { fresh: true });
    return record && heldOf(key.id, record);
  };

  const epoch: FamilyKeeper<D>['epoch'] = async (subject, context) =>
    storeIn(context).epoch(ownerOf(kind, subject), { fresh: true });

  const rowOf = (details: FamilyDetails, idle: number, endsAt: number, context: Context): RecordChange => {
    const usedAt = Math.floor(context.now);
    const data = JSON.stringify(details);
    assertData(data, maxDataBytes);
    return { usedAt, expiresAt: Math.min(usedAt + idle, endsAt), data };
  };

  return {
    tell,
    epoch,
    heldOf,
    read,

    async find(parsed, { client: asked, delivery = 'body' }, context) {
      const held = await read({ kind, partition: parsed.partition, id: parsed.id }, context);
      if (!held) return 'revoked';
      const { client, delivery: own } = held.details;
      // A client that is no longer configured has no tokens.
      const isFor = (asked ?? client) === client && delivery === own && !!policyOf(client);
      return isFor && format.holds(parsed, held.details, context) ? held : 'invalid';
    },

    async insert(subject, given, { idle, absolute }, known, context) {
      const createdAt = Math.floor(context.now);
      const salt = encodeBase64url(context.random(24));
      const details = { generation: 0, rotatedAt: context.now, salt, key: format.firstKey, ...given };
      const endsAt = createdAt + absolute;
      const row = rowOf(details, idle, endsAt, context);
      const record = { ...row, subject, createdAt, endsAt, epoch: known ?? (await epoch(subject, context)) };
      const key = { ...ownerOf(kind, subject), id: encodeBase64url(context.random(16)) };
      // An id that is taken is somebody else's family: never written over, never handed out.
      if (!(await storeIn(context).create(key, record, createdAt))) throw new Error('refresh token: taken');
      // As it will be read again: what is not JSON is not there.
      const held = heldOf(key.id, { ...record, version: 1 });
      tell(context, 'issued', held);
      return held;
    },

    async replace(held, details, context) {
      const { idle = 0 } = policyOf(details.client) ?? {};
      const row = rowOf(details, idle, held.record.endsAt, context);
      const isWritten = await storeIn(context).swap(keyOf(held), held.record.version, row, row.usedAt);
      return isWritten ? { ...held, record: { ...held.record, ...row }, details } : undefined;
    },

    async end(held, type, context) {
      const ended = await storeIn(context).delete(keyOf(held), Math.floor(context.now));
      // Told first: it has ended, also where its access tokens can't be reached now.
      if (ended) tell(context, type, held);
      await access.revokeFamily?.({ id: held.id, subject: held.record.subject }, context);
      return ended;
    },

    tokenOf: (held, context) =>
      format.tokenOf(ownerOf(kind, held.record.subject).partition, held.id, held.details, context),

    async grant(held, { scopes, audience }, context) {
      const grant = { family: familyOf<D>(held), scopes, audience };
      const { token: accessToken, expiresIn } = await access.issue(grant, context);
      // Whoever ended the family has ended its access tokens too, and could not know of this one.
      const ended = !!access.revokeFamily && !(await read(keyOf(held), context));
      if (ended) await access.revokeFamily?.(grant.family, context);
      return { tokens: { ...grant, accessToken, expiresIn }, ended };
    },
  };
}
