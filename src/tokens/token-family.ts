import { digest } from '../crypto/digest.ts';
import type { StoreRecord } from '../stores/contract.ts';
import type { Rotation } from './decide-refresh.ts';
import type { Audiences, Delivery, TokenFamily } from './refresh-token-types.ts';

/** What a row says of a family beside its times: JSON, and of the same length however often it is rotated. */
export interface FamilyDetails extends Rotation {
  /** Makes proofs, together with a secret. Nowhere but here. */
  readonly salt: string;
  /** The name of the secret of the present generation. */
  readonly key: string;
  /** The first generation under that secret, and the name of the one before, if there was one. */
  readonly keyFrom?: number | undefined;
  readonly previousKey?: string | undefined;
  readonly client?: string | undefined;
  readonly delivery: Delivery;
  readonly scopes: readonly string[];
  readonly audience: Audiences;
  /** Hashed. */
  readonly binding?: string | undefined;
  readonly authTime: number;
  readonly amr?: readonly string[] | undefined;
  readonly acr?: string | undefined;
  readonly label?: string | undefined;
  readonly device?: string | undefined;
  readonly data?: unknown;
}

/** A family as it was read: where it stands in the store, and what is said there. */
export interface HeldFamily {
  readonly id: string;
  readonly record: Omit<StoreRecord, 'data'>;
  readonly details: FamilyDetails;
}

/** What the row has of an attempt or a binding. An empty one is one, too: taken for none, it would bind nothing. */
export function hashed(text: string | undefined): string | undefined {
  return text === undefined ? undefined : digest(text, 'base64url');
}

/** The secret under which a generation of this family is, as far as the row remembers. */
export function keyOfGeneration(
  { key, keyFrom = 0, previousKey }: FamilyDetails,
  generation: number,
): string | undefined {
  return generation < keyFrom ? previousKey : key;
}

/** The row after a step: a new generation is under the first of the secrets. */
export function stepped(details: FamilyDetails, { attempt, ...next }: Rotation, firstKey: string): FamilyDetails {
  const { attempt: _, ...kept } = details;
  const moved = next.generation > details.generation && firstKey !== details.key;
  return {
    ...kept,
    ...next,
    ...(attempt !== undefined && { attempt }),
    ...(moved && { key: firstKey, keyFrom: next.generation, previousKey: details.key }),
  };
}

/** As its owner sees it: without salt, attempt, binding and the names of keys. */
export function familyOf<D>({ id, record, details }: HeldFamily): TokenFamily<D> {
  const { subject, createdAt, usedAt, expiresAt, endsAt } = record;
  const { generation, client, delivery, scopes, audience, authTime, amr, acr, label, device, data } = details;
  const times = { createdAt, usedAt, expiresAt, endsAt, authTime };
  return {
    id,
    subject,
    client,
    delivery,
    scopes,
    audience,
    generation,
    ...times,
    amr,
    acr,
    label,
    device,
    data: data as D,
  };
}
