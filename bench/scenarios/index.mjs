import { anonymous401, anonymousOutcome } from './anonymous.mjs';
import { apiKeyAccepted } from './api-key.mjs';
import { basicAccepted, basicMalformed, basicRefused } from './basic.mjs';
import { bearerAbsent } from './bearer-absent.mjs';
import { bearerOpaque } from './bearer-opaque.mjs';
import { cookieOf1, cookieOf10, cookieOf50 } from './cookie.mjs';
import { jwtEd25519, jwtEs256, jwtHs256Large, jwtHs256Small, jwtRs256 } from './jwt-new.mjs';
import { jwtSeen } from './jwt-seen.mjs';
import { protectAccepted } from './protect.mjs';
import { sealedAccepted } from './session-sealed.mjs';
import { storedAccepted, storedForged } from './session-stored.mjs';

/**
 * What is measured. A scenario has
 *
 * - `name`, the key in the JSON;
 * - `credentials`, good and bad ones, that every contender must tell apart before it is timed;
 * - `timed`, which makes the request that is timed, a fresh one each call; or `timedOf`, which picks it from a contender's own
 *   credentials;
 * - `contenders`: `name`, `role` (`ours`, `floor`, `peer`, or `reference`, which is printed and stands in no comparison but
 *   those that name it), `create(library)` → `(request) => result`, or where it issues credentials of its own, a promise of
 *   `{ call, credentials }`, and `subjectOf(result)` → whom it accepts, or `null`; without `subjectOf` it authenticates nobody
 *   and isn't checked;
 * - `goals`: the time `of` a contender, `less` another's, `per` another's (`by`: `walls`, or `cpus`); at `most` or at `least`
 *   so much, else for information. `ours` and `floor` stand for the library and for the fastest of the floors.
 *
 * A scenario or a contender that is `slow` is left out of a `--quick` run of everything.
 */
export const scenarios = [
  basicAccepted,
  basicRefused,
  basicMalformed,
  anonymousOutcome,
  anonymous401,
  protectAccepted,
  cookieOf1,
  cookieOf10,
  cookieOf50,
  storedAccepted,
  storedForged,
  sealedAccepted,
  apiKeyAccepted,
  bearerOpaque,
  bearerAbsent,
  jwtHs256Small,
  jwtHs256Large,
  jwtRs256,
  jwtEs256,
  jwtEd25519,
  jwtSeen,
];
