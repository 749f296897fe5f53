import { defineConfig } from 'tsup';

/** One entry a subpath export of package.json; `npm run check` proves that the two lists agree. */
export default defineConfig({
  entry: {
    index: 'src/index.ts',
    basic: 'src/schemes/basic.ts',
    bearer: 'src/schemes/bearer.ts',
    crypto: 'src/crypto/index.ts',
    csrf: 'src/guards/csrf-tokens.ts',
    guards: 'src/guards/index.ts',
    http: 'src/http/index.ts',
    introspection: 'src/tokens/introspection.ts',
    jwt: 'src/tokens/jwt.ts',
    'jwt-revocations': 'src/tokens/jwt-revocations.ts',
    'memory-store': 'src/stores/memory.ts',
    'opaque-tokens': 'src/tokens/opaque-tokens.ts',
    'protected-resource': 'src/tokens/protected-resource.ts',
    proxy: 'src/core/protect-proxy.ts',
    refusals: 'src/core/describe-refusal.ts',
    'remote-keys': 'src/jwt/remote.ts',
    'sealed-session': 'src/schemes/sealed-session.ts',
    session: 'src/schemes/session.ts',
  },
  format: ['esm'],
  platform: 'neutral',
  target: 'es2022',
  splitting: true,
  treeshake: true,
  clean: true,
  onSuccess: 'node scripts/merge-chunks.mjs',
  // tsup 8 hands TypeScript 6 a deprecated `baseUrl`; this silences only that.
  dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
});
