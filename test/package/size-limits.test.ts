import { describe, expect, test } from 'vitest';
import { bundle } from '../../scripts/bundle.mjs';
import { ensureDist } from '../../scripts/ensure-dist.mjs';
import { exceeded, LIMITS } from '../../scripts/size-limits.mjs';

const limit = { name: 'x', ceiling: 100, forbidden: [/Max-Age/], forbiddenModules: [/node_modules/] };
const fine = { bytes: 100, text: 'const a=1', modules: ['dist/index.js'] };

describe('size limits', () => {
  test('let pass what is within them', () => {
    expect(exceeded(fine, limit)).toEqual([]);
    expect(exceeded({ ...fine, text: 'new ArrayBuffer(8);required(1);process.environment' }, limit)).toEqual([]);
  });

  test.each([
    ['a byte too many', { bytes: 101 }, '1 above its ceiling'],
    ['a name that must not be in it', { text: 'f("; Max-Age=0")' }, 'holds Max-Age'],
    ['CommonJS', { text: 'const a=require("x")' }, 'holds require('],
    ['the environment', { text: 'process.env.NODE_ENV' }, 'holds process.env'],
    ['Buffer', { text: 'Buffer.from(x)' }, 'holds Buffer'],
    ['a module that must not be in it', { modules: ['node_modules/x/y.js'] }, 'is made with node_modules/x/y.js'],
  ])('catch %s', (_name, change, said) => {
    expect(exceeded({ ...fine, ...change }, limit).join()).toContain(said);
  });

  // Whoever makes the core write cookies or bodies, or hash: seen by their names, whatever a minifier did to the rest.
  test.each([
    [`export { formatSetCookie } from 'countersign/http';`],
    [`export { describeRefusal } from 'countersign/refusals';`],
    [`export { sha256 } from 'countersign/crypto';`],
    [`export { basic } from 'countersign/basic';`],
  ])('of the core catch %s', { timeout: 60_000 }, async (code) => {
    await ensureDist();
    const core = LIMITS.find(({ name }) => name === '.');
    if (!core) throw new Error('the core has no limit');
    expect(exceeded(await bundle(core.code), { ...core, ceiling: 1e6 })).toEqual([]);
    expect(exceeded(await bundle(`${core.code};${code}`), { ...core, ceiling: 1e6 })).not.toEqual([]);
  });
});
