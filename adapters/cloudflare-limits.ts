/** @module countersign/cloudflare-limits */
import type { Accepted, Authenticator, Context, Outcome } from '../src/index.ts';
import { insufficient } from '../src/index.ts';

export interface LimitedByBindingOptions<A extends Accepted> {
  /** A rate-limit binding, such as `env.LIMIT`. */
  readonly binding: { limit(options: { readonly key: string }): Promise<{ readonly success: boolean }> };
  /** As in wrangler's `simple`: for `Retry-After`, since the binding does not say it. */
  readonly period: 10 | 60;
  /** `address`: asked before anything is looked up, so that those who guess count, too. A function: whoever it names, once accepted. */
  readonly by: 'address' | ((accepted: A, context: Context) => string | undefined);
}

/**
 * The same authenticator, for those who have not come too often; others get a 429 with `Retry-After`. The binding counts in each
 * data center by itself, and not to the last request: against floods. Exact ones are `countersign/limits`.
 *
 * @example
 * ```ts
 * import { basic } from 'countersign/basic';
 * import { limitedByBinding } from 'countersign/cloudflare-limits';
 *
 * const staff = basic({ realm: 'Staff', users: [{ username: 'ada', plaintextPassword: 'correct horse' }] });
 * const binding = { limit: async () => ({ success: true }) }; // env.LIMIT
 * export const limited = limitedByBinding(staff, { binding, period: 60, by: 'address' });
 * ```
 */
export function limitedByBinding<A extends Accepted>(
  authenticator: Authenticator<A>,
  { binding, period, by }: LimitedByBindingOptions<A>,
): Authenticator<A> {
  const isFree = async (key: string): Promise<boolean> => (await binding.limit({ key })).success;
  const limited = ({ scheme = '', subject, effects = [] }: Partial<Accepted> = {}): Outcome<A> => ({
    ...insufficient({}, scheme === 'anonymous' ? '' : scheme), // Of the anonymous it would be taken for "sign in".
    status: 429,
    reason: 'limited',
    subject,
    effects: [...effects, { header: 'retry-after', value: `${period}` }],
  });
  return {
    ...authenticator,
    members: undefined, // Taken apart again by an `any` around it, the parts would be asked without the limit.
    async authenticate(request, context) {
      if (by === 'address' && !(await isFree(`address ${networkOf(context.address)}`))) return limited();
      const outcome = await authenticator.authenticate(request, context);
      const caller = outcome.kind === 'accepted' && by !== 'address' ? by(outcome, context) : undefined;
      return caller === undefined || (await isFree(`caller ${caller}`)) ? outcome : limited(outcome as A);
    },
    challenge: (failure, context) => (failure.status === 429 ? [] : authenticator.challenge(failure, context)),
  };
}
/** Of IPv6 64 bits: a customer has that many. Not known is an outage: letting everybody in would hide it. */
function networkOf(address = ''): string {
  if (!address) throw new Error('no address: let the option context of protect say it');
  const [before = [], after = []] = address.split('::').map((part) => part.split(':').filter(Boolean));
  const zeros = Array(Math.max(0, 8 - before.length - after.length)).fill('0');
  return address.includes('.') ? address : [...before, ...zeros, ...after].slice(0, 4).join(':');
}
