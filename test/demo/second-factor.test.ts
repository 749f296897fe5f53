/** The demo's second factor: the handler by itself, so that a test can say what time it is. */
import { beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../examples/demo/app.ts';
import type { Handler } from '../../examples/demo/panel.ts';
import { totp } from '../../src/passwords/totp.ts';
import { createContext } from '../../src/runtime.ts';
import { memoryStore } from '../../src/stores/memory.ts';

const ORIGIN = 'http://127.0.0.1:3000';
const PASSWORD = 'battery staple';
const PAGE = '/account/second-factor';

let app: Handler;
beforeAll(async () => {
  app = await createApp();
}, 20_000);

/** What the person's app shows; `later` in seconds. */
const telephone = totp({ issuer: 'countersign demo', store: memoryStore() });
const codeOf = (secret: string, later = 0): Promise<string> =>
  telephone.code(secret, createContext({ now: Date.now() / 1000 + later }));

/** A browser: it keeps cookies. */
class Visitor {
  readonly #cookies = new Map<string, string>();
  readonly identifier: string;
  constructor(identifier: string) {
    this.identifier = identifier;
  }

  async ask(path: string, fields?: Record<string, string>, later = 0): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { accept: 'text/html', cookie };
    const init = fields && { method: 'POST', body: new URLSearchParams(fields) };
    const context = { address: '192.0.2.1', now: Date.now() / 1000 + later };
    const response = await app(new Request(`${ORIGIN}${path}`, { headers, ...init }), context);
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/; max-age=0(;|$)/i.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return response;
  }
  /** Where a form leads to. */
  async post(path: string, fields: Record<string, string> = {}, later = 0): Promise<string | null> {
    return (await this.ask(path, fields, later)).headers.get('location');
  }
  register(): Promise<string | null> {
    return this.post('/register', { identifier: this.identifier, password: PASSWORD });
  }
  signIn(): Promise<string | null> {
    return this.post('/auth/sign-in', { identifier: this.identifier, password: PASSWORD });
  }
  async isSignedIn(): Promise<boolean> {
    return (await this.ask('/sessions/whoami')).status === 200;
  }
  /** The secret that the page shows. */
  async secret(): Promise<string> {
    return /id="secret">([A-Z2-7 ]+)</.exec(await (await this.ask(PAGE)).text())?.[1] ?? '';
  }
  /** @returns The secret, and the recovery codes that were shown. */
  async switchOn(): Promise<{ readonly secret: string; readonly recovery: readonly string[] }> {
    await this.register();
    expect(await this.post(`${PAGE}/begin`)).toBe(PAGE);
    const secret = await this.secret();
    const page = await (await this.ask(`${PAGE}/confirm`, { code: await codeOf(secret) })).text();
    return { secret, recovery: page.match(/(?<=<code>)[0-9A-Z-]{29}(?=<\/code>)/g) ?? [] };
  }
}

describe('switching it on', () => {
  it('shows a secret as text and as a URI, and recovery codes this once', async () => {
    const person = new Visitor('on');
    await person.register();
    await person.post(`${PAGE}/begin`);
    const page = await (await person.ask(PAGE)).text();
    const secret = await person.secret();
    expect(secret.replaceAll(' ', '')).toMatch(/^[A-Z2-7]{32}$/);
    expect(page).toContain(`otpauth://totp/countersign%20demo:on?secret=${secret.replaceAll(' ', '')}`);
    const confirmed = await person.ask(`${PAGE}/confirm`, { code: await codeOf(secret) });
    expect([confirmed.status, confirmed.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect((await confirmed.text()).match(/<li><code>/g)).toHaveLength(10);
    const after = await (await person.ask(PAGE)).text();
    expect(after).toContain('Recovery codes left: 10.');
    expect(after).not.toMatch(/otpauth|<li><code>/);
  });

  it('takes the first code: until then the password alone signs in, and a wrong code changes nothing', async () => {
    const person = new Visitor('not-yet');
    await person.register();
    await person.post(`${PAGE}/begin`);
    const secret = await person.secret();
    const wrong = (await codeOf(secret)) === '000000' ? '111111' : '000000';
    const refused = await person.ask(`${PAGE}/confirm`, { code: wrong });
    expect([refused.status, await person.secret()]).toEqual([400, secret]);
    expect(await refused.text()).toContain('role="alert"');
    expect(await new Visitor('not-yet').signIn()).toBe('/account');
  });

  it('replaces no factor that is on', async () => {
    const person = new Visitor('twice');
    const { secret } = await person.switchOn();
    await person.post(`${PAGE}/begin`);
    expect(await person.secret()).toBe('');
    const again = new Visitor('twice');
    expect(await again.signIn()).toBe('/sign-in/code');
    expect(await again.post('/auth/second-step', { code: await codeOf(secret, 30) })).toBe('/account');
  });

  it('wants a password of the last ten minutes, which the account page asks for', async () => {
    const person = new Visitor('late');
    await person.register();
    expect((await person.ask(PAGE, undefined, 590)).status).toBe(200);
    expect(await person.post(`${PAGE}/begin`, {}, 601)).toBe('/account?error=confirm');
    expect((await person.ask(PAGE, undefined, 601)).headers.get('location')).toBe('/account?error=confirm');
    expect(await (await person.ask('/account?error=confirm')).text()).toContain('Confirm your password, then go on.');
    expect(await person.post('/auth/confirm', { password: PASSWORD }, 601)).toBe('/account');
    expect((await person.ask(PAGE, undefined, 602)).status).toBe(200);
  });
});

describe('signing in with it', () => {
  it('takes a code after the password; until then nobody is signed in', async () => {
    const { secret } = await new Visitor('both').switchOn();
    const person = new Visitor('both');
    expect(await person.signIn()).toBe('/sign-in/code');
    expect(await person.isSignedIn()).toBe(false);
    expect((await person.ask('/account')).headers.get('location')).toMatch(/^\/sign-in/);
    expect((await person.ask('/sign-in/code')).status).toBe(200);
    expect(await person.post('/auth/second-step', { code: 'wrong' })).toBe('/sign-in/code?error=invalid_code');
    expect(await (await person.ask('/sign-in/code?error=invalid_code')).text()).toContain('role="alert"');
    const code = await codeOf(secret, 30);
    expect(await person.post('/auth/second-step', { code })).toBe('/account');
    expect(await person.isSignedIn()).toBe(true);
    // Who has looked over a shoulder, and knows the password.
    const other = new Visitor('both');
    await other.signIn();
    expect(await other.post('/auth/second-step', { code })).toBe('/sign-in/code?error=invalid_code');
    expect(await other.isSignedIn()).toBe(false);
  });

  it('takes a recovery code once', async () => {
    const { recovery } = await new Visitor('lost').switchOn();
    const [code = ''] = recovery;
    const [first, second] = [new Visitor('lost'), new Visitor('lost')];
    await first.signIn();
    expect(await first.post('/auth/second-step', { code: code.toLowerCase() })).toBe('/account');
    await second.signIn();
    expect(await second.post('/auth/second-step', { code })).toBe('/sign-in/code?error=invalid_code');
    expect(await (await first.ask(PAGE)).text()).toContain('Recovery codes left: 9.');
  });

  it('has no way around it by Basic', async () => {
    const authorization = `Basic ${btoa(`basic:${PASSWORD}`)}`;
    const statusByBasic = async (): Promise<number> => {
      const request = new Request(`${ORIGIN}/basic/whoami`, { headers: { authorization } });
      return (await app(request, { address: '192.0.2.1' })).status;
    };
    const person = new Visitor('basic');
    await person.register();
    expect(await statusByBasic()).toBe(200);
    await person.switchOn();
    expect(await statusByBasic()).toBe(401);
  });

  it('is over when it was switched off', async () => {
    const person = new Visitor('off');
    const { recovery } = await person.switchOn();
    expect(await person.post(`${PAGE}/end`)).toBe(PAGE);
    expect(await (await person.ask(PAGE)).text()).toContain('Set it up');
    expect(await new Visitor('off').signIn()).toBe('/account');
    // And no recovery code of it is good when there is another.
    await person.post(`${PAGE}/begin`);
    const again = await person.secret();
    await person.post(`${PAGE}/confirm`, { code: await codeOf(again) });
    const late = new Visitor('off');
    expect(await late.signIn()).toBe('/sign-in/code');
    expect(await late.post('/auth/second-step', { code: recovery[0] ?? '' })).toBe('/sign-in/code?error=invalid_code');
  });

  it('can have new recovery codes, and the old ones end', async () => {
    const person = new Visitor('renew');
    const { recovery } = await person.switchOn();
    const page = await (await person.ask(`${PAGE}/recovery-codes`, {})).text();
    const codes = page.match(/(?<=<code>)[0-9A-Z-]{29}(?=<\/code>)/g) ?? [];
    expect(codes).toHaveLength(10);
    const late = new Visitor('renew');
    await late.signIn();
    expect(await late.post('/auth/second-step', { code: recovery[1] ?? '' })).toBe('/sign-in/code?error=invalid_code');
    expect(await late.post('/auth/second-step', { code: codes[1] ?? '' })).toBe('/account');
  });
});

it('has no secret and no code in its log', async () => {
  const { secret, recovery } = await new Visitor('logged').switchOn();
  const log = await (await app(new Request(`${ORIGIN}/log`), {})).text();
  expect(log).not.toContain(secret.replaceAll(' ', ''));
  for (const code of recovery) expect(log).not.toContain(code);
});
