/** Sockets whose credential expires in as many seconds as the request says: held by the Worker, and hibernating in an object. */
import { type Accepted, type Authenticator, accept, reject } from 'countersign';
import { protectWorker, worker } from 'countersign/cloudflare';
import { closeExpired, closeOnExpiry } from 'countersign/cloudflare-sockets';

interface Socket {
  accept(): void;
  close(code: number, reason: string): void;
  addEventListener(type: 'close', heard: () => void): void;
  serializeAttachment(value: unknown): void;
  deserializeAttachment(): unknown;
}
declare const WebSocketPair: new () => { readonly 0: Socket; readonly 1: Socket };

interface State {
  acceptWebSocket(socket: Socket): void;
  getWebSockets(): Socket[];
  readonly storage: {
    setAlarm(at: number): Promise<void>;
    get(key: string): Promise<unknown>;
    put(key: string, value: unknown): Promise<void>;
  };
}

interface Env {
  readonly ROOM: {
    idFromName(name: string): unknown;
    get(id: unknown): { fetch(request: Request | string): Promise<Response> };
  };
}

const caller: Authenticator<Accepted<'caller', null>> = {
  schemes: ['caller'],
  carriers: [{ header: 'x-expires-in' }],
  authenticate: ({ headers }, { now }) =>
    accept('caller', null, { expiresAt: Math.ceil(now) + Number(headers.get('x-expires-in')) }),
  challenge: () => [],
};

const upgraded = (socket: Socket): Response => new Response(null, { status: 101, webSocket: socket } as ResponseInit);

export default worker(({ ROOM }: Env) => {
  const room = () => ROOM.get(ROOM.idFromName('room'));
  return protectWorker(caller, (request, accepted) => {
    const { pathname } = new URL(request.url);
    if (pathname === '/open') return room().fetch('https://room.invalid/open');
    if (pathname === '/room') {
      // The object hears of it by a URL that nobody else can send it.
      return room().fetch(new Request(`https://room.invalid/?expiresAt=${accepted.expiresAt}`, request));
    }
    const { 0: theirs, 1: ours } = new WebSocketPair();
    ours.accept();
    // An object counts, which is I/O: the first time it is once more a second, then it is over.
    const again = async () => {
      const times = Number(await (await room().fetch('https://room.invalid/count')).text());
      return times > 1 ? reject('caller', 'expired') : accept('caller', null, { expiresAt: Date.now() / 1000 + 1 });
    };
    closeOnExpiry(ours, accepted, pathname === '/again' ? { again } : {});
    return upgraded(theirs);
  });
});

export class Room {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  async fetch({ url }: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(url);
    if (pathname === '/open') return new Response(`${this.#state.getWebSockets().length}`);
    if (pathname === '/count') {
      const times = Number((await this.#state.storage.get('times')) ?? 0) + 1;
      await this.#state.storage.put('times', times);
      return new Response(`${times}`);
    }
    const { 0: theirs, 1: ours } = new WebSocketPair();
    this.#state.acceptWebSocket(ours);
    ours.serializeAttachment({ expiresAt: Number(searchParams.get('expiresAt')) });
    await this.alarm();
    return upgraded(theirs);
  }

  webSocketClose(): void {}

  async alarm(): Promise<void> {
    const next = closeExpired(this.#state.getWebSockets());
    if (next !== undefined) await this.#state.storage.setAlarm(next);
  }
}
