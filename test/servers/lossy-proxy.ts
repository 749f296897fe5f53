import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

export interface LossyProxy {
  readonly port: number;
  /** The next answer is not passed on, and its connection ends: what was asked is done, and who asked cannot know. */
  loseAnswer(): void;
  stop(): void;
}

/** Passes on all that comes, on loopback. @param target Gives the port to pass it on to. */
export async function startLossyProxy(target: () => number): Promise<LossyProxy> {
  let isLosing = false;
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(target(), '127.0.0.1');
    const end = () => {
      for (const socket of [near, far]) {
        open.delete(socket);
        socket.destroy();
      }
    };
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', end).on('close', end);
    }
    near.pipe(far);
    far.on('data', (answer) => {
      if (!isLosing) return near.write(answer);
      isLosing = false;
      end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    loseAnswer: () => {
      isLosing = true;
    },
    stop: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
