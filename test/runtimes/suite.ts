import { apiKeysCases } from './cases/api-keys.ts';
import { basicCases } from './cases/basic.ts';
import { basicCredentialsCases } from './cases/basic-credentials.ts';
import { compositionCases } from './cases/composition.ts';
import { crossSiteCases } from './cases/cross-site.ts';
import { cryptoCases } from './cases/crypto.ts';
import { csrfCases } from './cases/csrf.ts';
import { effectsCases } from './cases/effects.ts';
import { eventsCases } from './cases/events.ts';
import { guardsCases } from './cases/guards.ts';
import { httpCases } from './cases/http.ts';
import { introspectionCases } from './cases/introspection.ts';
import { jwtCases } from './cases/jwt.ts';
import { opaqueTokensCases } from './cases/opaque-tokens.ts';
import { outagesCases } from './cases/outages.ts';
import { passwordsCases } from './cases/passwords.ts';
import { closingCases, platformCases } from './cases/platform.ts';
import { protectedResourceCases } from './cases/protected-resource.ts';
import { proxyCases } from './cases/proxy.ts';
import { refreshTokensCases } from './cases/refresh-tokens.ts';
import { refusalsCases } from './cases/refusals.ts';
import { remoteKeysCases } from './cases/remote-keys.ts';
import { sessionCookiesCases } from './cases/session-cookies.ts';
import { sessionsCases } from './cases/sessions.ts';
import { storesCases } from './cases/stores.ts';
import { totpCases } from './cases/totp.ts';
import type { Case } from './library.ts';

/**
 * What must hold wherever the library runs. Written once: no test framework, no import, nothing but the web platform, so
 * that the same functions run on all runtimes.
 */
export const cases: readonly Case[] = [
  ...platformCases,
  ...basicCredentialsCases,
  ...basicCases,
  ...compositionCases,
  ...effectsCases,
  ...crossSiteCases,
  ...outagesCases,
  ...eventsCases,
  ...refusalsCases,
  ...proxyCases,
  ...httpCases,
  ...cryptoCases,
  ...storesCases,
  ...sessionsCases,
  ...sessionCookiesCases,
  ...csrfCases,
  ...opaqueTokensCases,
  ...apiKeysCases,
  ...jwtCases,
  ...refreshTokensCases,
  ...remoteKeysCases,
  ...guardsCases,
  ...passwordsCases,
  ...totpCases,
  ...protectedResourceCases,
  ...introspectionCases,
  ...closingCases,
];
