/** @type {import('next').NextConfig} */
export default {
  turbopack: { root: process.env.TURBOPACK_ROOT },
  // Every path of the suite once more, behind what `proxy.ts` and `middleware.ts` match: before it is rewritten.
  rewrites: async () => ['behind', 'fenced'].map((name) => ({ source: `/${name}/:path*`, destination: '/:path*' })),
};
