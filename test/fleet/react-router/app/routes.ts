import { type RouteConfig, route } from '@react-router/dev/routes';

const names = ['me', 'admin', 'demand', 'broken', 'home', 'own-cookie', 'redirect', 'stream', 'throw', 'sign-out'];

export default [
  ...names.map((name) => route(name, `routes/${name}.ts`)),
  route('page', 'routes/page.tsx'),
] satisfies RouteConfig;
