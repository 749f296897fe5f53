import { passwords } from 'countersign/passwords';
import { pbkdf2, WORKERS_100_000 } from 'countersign/pbkdf2';

/**
 * What the free plan's CPU time allows; on the paid plan take `argon2id(OWASP_7_MIB)`. The pepper is what a stolen table lacks.
 *
 * @param {string} pepper
 */
export const hashingWith = (pepper) => passwords({ hasher: pbkdf2(WORKERS_100_000), pepper: { a: pepper } });
