import { compactVerify, importJWK, type JWK, jwtVerify, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { importJwk, importPrivateJwk, jwt, signJwt, type TokenResult } from '../../src/tokens/jwt.ts';
import { contextOf } from '../support/context.ts';
import { CLAIMS, madeOnNode } from '../vectors/made-on-node.ts';

/** jose answers by an error; whatever its reason, it is a refusal. */
const isRefused = (answer: Promise<unknown>): Promise<boolean> =>
  answer.then(
    () => false,
    () => true,
  );

/** A token of which one bit of one part is another, for every ninth bit of each part. */
function* withOneBitChanged(token: string): Generator<readonly [part: string, token: string]> {
  const parts = token.split('.');
  for (const [index, name] of ['header', 'payload', 'signature'].entries()) {
    const bytes = Buffer.from(parts[index] as string, 'base64url');
    for (let bit = index; bit < bytes.length * 8; bit += name === 'signature' ? 37 : 23) {
      const other = Buffer.from(bytes);
      other[bit >> 3] = (other[bit >> 3] as number) ^ (1 << (bit & 7));
      yield [`${name}, bit ${bit}`, parts.with(index, other.toString('base64url')).join('.')];
    }
  }
}

describe.each(madeOnNode)('$alg, ours and jose', ({ alg, key, token: byNode }) => {
  const now = CLAIMS.iat + 1;
  const [issuer, audience] = [CLAIMS.iss, CLAIMS.aud];
  const ours = importPrivateJwk({ ...key, kid: 'one' }, alg);
  const tokens = jwt({ issuer, audience, keys: importJwk({ ...key, kid: 'one' }, alg) });
  // Only the public part, where there is one.
  const { d: _, p: __, q: ___, dp: ____, dq: _____, qi: ______, ...publicKey } = key;
  const verifyByJose = async (token: string) =>
    jwtVerify(token, await importJWK(publicKey as JWK, alg), {
      issuer,
      audience,
      algorithms: [alg],
      typ: 'at+jwt',
      currentDate: new Date(now * 1000),
    });
  const verify = async (token: string): Promise<TokenResult<unknown>> => tokens.verify(token, contextOf({ now }));

  const signByUs = () => signJwt(ours, { ...CLAIMS, name: 'Zoë 🔑' }, { expiresIn: 300 }, contextOf({ now }));
  const signByJose = async () =>
    new SignJWT({ ...CLAIMS, name: 'Zoë 🔑' })
      .setProtectedHeader({ alg, kid: 'one', typ: 'at+jwt' })
      .sign(await importJWK(key as JWK, alg));

  it('what one signs the other one verifies, and reads the same in it', async () => {
    for (const token of [await signByUs(), await signByJose()]) {
      const { payload, protectedHeader } = await verifyByJose(token);
      expect(protectedHeader).toEqual({ alg, kid: 'one', typ: 'at+jwt' });
      expect(payload).toMatchObject({ ...CLAIMS, name: 'Zoë 🔑' });
      expect(await verify(token)).toMatchObject({ principal: payload, subject: 'ada', scopes: ['files:read'] });
    }
    expect(await verify(byNode)).toMatchObject({ principal: (await verifyByJose(byNode)).payload });
  });

  it('both refuse a token of either, of which one bit is another', async () => {
    let seen = 0;
    for (const token of [await signByUs(), await signByJose()]) {
      for (const [what, other] of withOneBitChanged(token)) {
        // None of ours, where that bit is one of the issuer's name.
        expect(['invalid', 'malformed', undefined], what).toContain(await verify(other));
        expect(await isRefused(verifyByJose(other)), what).toBe(true);
        seen++;
      }
    }
    expect(seen).toBeGreaterThan(140);
  });

  it('both make the same of signatures alone, over any bytes', async () => {
    const payload = Buffer.from('no claims, and no JSON: \0\u{1f511}').toString('base64url');
    const input = `${Buffer.from(JSON.stringify({ alg })).toString('base64url')}.${payload}`;
    const { payload: read } = await compactVerify(
      `${input}.${await ours.sign(input)}`,
      await importJWK(publicKey as JWK, alg),
    );
    expect(Buffer.from(read).toString('base64url')).toBe(payload);
  });
});
