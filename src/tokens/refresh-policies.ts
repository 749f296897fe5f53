import { assertNoOthers } from '../core/assert-no-others.ts';
import { assertWhole } from '../core/assert-whole.ts';
import type { Delivery, RefreshPolicy } from './refresh-token-types.ts';

/** The longest that browsers keep a cookie (RFC 6265bis §5.5), in seconds. */
const MAX_LIFETIME = 400 * 86_400;

/** A policy with everything said. */
export interface FullRefreshPolicy {
  readonly leeway: number;
  readonly skew: number;
  readonly idle: number;
  readonly absolute: number;
  readonly delivery: Delivery;
}

/**
 * The policy of each client.
 *
 * @param general What holds for a client that doesn't say otherwise.
 * @returns A function from a client's name, or from none; `undefined` for one that is not configured, and for none where there
 *   are some.
 * @throws TypeError Naming the option, and the client.
 */
export function refreshPolicies(
  general: RefreshPolicy,
  clients: Readonly<Record<string, RefreshPolicy>> | undefined,
  skew: number,
): (client: string | undefined) => FullRefreshPolicy | undefined {
  assertWhole('skew', skew, 0, 300);
  const policies = new Map<string | undefined, FullRefreshPolicy>();
  if (!clients) policies.set(undefined, policyOf('', general, skew));
  for (const [name, { leeway, lifetime, delivery, ...others }] of Object.entries(clients ?? {})) {
    assertNoOthers(others);
    // As RFC 6749 has it in a form: visible characters, and none that a log would take for two.
    if (!/^[!-~]{1,64}$/.test(name)) throw new TypeError('clients: named by 1 to 64 visible ASCII characters');
    const own = {
      leeway: leeway ?? general.leeway,
      lifetime: { ...general.lifetime, ...lifetime },
      delivery: delivery ?? general.delivery,
    };
    policies.set(name, policyOf(`clients.${name}.`, own, skew));
  }
  if (!policies.size) throw new TypeError('clients: needs one');
  return (client) => policies.get(client);
}

function policyOf(
  option: string,
  { leeway = 30, lifetime = {}, delivery = 'body' }: RefreshPolicy,
  skew: number,
): FullRefreshPolicy {
  const { idle = 30 * 86_400, absolute = 90 * 86_400, ...others } = lifetime;
  assertNoOthers(others);
  assertWhole(`${option}leeway`, leeway, 0, 600);
  // Else a retry that is in time by one server's clock is a theft by another's.
  if (leeway && leeway < 2 * skew) throw new TypeError(`${option}leeway: 0, or twice the skew (${skew}) at least`);
  assertWhole(`${option}lifetime.absolute`, absolute, 1, MAX_LIFETIME);
  assertWhole(`${option}lifetime.idle`, idle, 1, absolute);
  // A sign-in that ends before it may be rotated would be one of a token that is never replaced.
  if (idle <= 2 * leeway + skew) throw new TypeError(`${option}lifetime.idle: more than twice the leeway and the skew`);
  if (delivery !== 'body' && delivery !== 'cookie') throw new TypeError(`${option}delivery: 'body' or 'cookie'`);
  return { leeway, skew, idle, absolute, delivery };
}
