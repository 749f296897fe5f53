import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RequestLike } from '../../src/index.ts';

/** From RFC 6455 §1.3: proves that the server has understood the handshake. */
const HANDSHAKE = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** What Node has of a request to upgrade, as authenticators read it. */
export function requestOfUpgrade({ method = '', url = '', headersDistinct }: IncomingMessage): RequestLike {
  const get = (name: string): string | null => headersDistinct[name]?.join(name === 'cookie' ? '; ' : ', ') ?? null;
  return { method, url: `https://${get('host')}${url}`, headers: { get } };
}

/** Accepts a WebSocket, says one short word, and closes it. */
export function acceptWebSocket(socket: Duplex, { headers }: RequestLike, word: string): void {
  const accept = createHash('sha1')
    .update(`${headers.get('sec-websocket-key')}${HANDSHAKE}`)
    .digest('base64');
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  // One whole text frame of fewer than 126 bytes, and one that closes (RFC 6455 §5.2).
  socket.end(Buffer.concat([Buffer.of(0x81, word.length), Buffer.from(word), Buffer.of(0x88, 0)]));
}

export function refuseUpgrade(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
