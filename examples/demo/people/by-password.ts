import { limits, rateLimit } from '../../../src/guards/limits.ts';
import type { Accepted, Authenticator } from '../../../src/index.ts';
import { type BasicPrincipal, basic } from '../../../src/schemes/basic.ts';
import type { DemoParts } from '../parts.ts';
import { type Person, personOf } from './people.ts';

type WithHash = Person & { readonly passwordHash: string };

/**
 * People by Basic, of the same table as those who sign in by the form.
 *
 * Basic has no throttle of its own: an address gets a number of tries an hour, good and bad together. Whoever has switched on a second factor is nobody here: a way in by the password alone would be a way around it.
 */
export function byPassword(
  realm: string,
  { people, hashing, store }: Pick<DemoParts, 'people' | 'hashing' | 'store'>,
): Authenticator<Accepted<'basic', BasicPrincipal<WithHash>>> {
  const users = basic({
    realm,
    async users(username) {
      const user = await people.findByIdentifier(username);
      return user && !user.totpSecret ? { ...personOf(user), passwordHash: user.passwordHash } : undefined;
    },
    passwords: hashing.forBasic,
  });
  const tries = rateLimit({ name: 'password', requests: 300, per: 3600, by: 'address', includeRefused: true });
  return limits(users, { store, limits: [tries] });
}
