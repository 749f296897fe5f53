/** Says what the adapter makes of the platform. */
import { type Accepted, type Authenticator, accept, type Context } from 'countersign';
import { protectWorker, worker } from 'countersign/cloudflare';

interface Env {
  readonly VALUES: { get(key: string): Promise<string | null>; put(key: string, value: string): Promise<void> };
}

let made = 0;

/** Everybody; the principal is the context. */
const looking: Authenticator<Accepted<'looking', Context>> = {
  schemes: ['looking'],
  carriers: [],
  authenticate({ url }, context) {
    const { VALUES } = context.bindings as Env;
    const write = async () => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      await VALUES.put(new URL(url).pathname, 'done');
    };
    context.waitUntil?.(write());
    return accept('looking', context);
  },
  challenge: () => [],
};

export default worker(({ VALUES }: Env) => {
  made++;
  return protectWorker(looking, async ({ url }, { principal }) => {
    const answers: Readonly<Record<string, string | undefined>> = {
      '/made': `${made}`,
      '/later': (await VALUES.get('/later')) ?? 'not yet',
      '/address': principal.address,
    };
    return new Response(answers[new URL(url).pathname]);
  });
});
