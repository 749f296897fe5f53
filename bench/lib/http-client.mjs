import { once } from 'node:events';
import { connect } from 'node:net';

/**
 * A client that costs little: the bytes of a request are given, and of a response no more is read than tells where it ends.
 *
 * @param {number} port Of a server on this machine.
 * @param {number} connections How many are kept open.
 */
export async function openClient(port, connections) {
  const sockets = [];
  for (let index = 0; index < connections; index++) {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    socket.setEncoding('latin1');
    // Told by the 'close' that follows it.
    socket.on('error', () => {});
    await once(socket, 'connect');
    sockets.push(socket);
  }
  return {
    /**
     * Sends a request once.
     *
     * @throws Error When it gets another answer, as below.
     */
    ask: (request, status, body) => sendOn(sockets[0], request, 1, 1, { status, body }),
    /** Sends a request once. @throws Error When it gets a status that is not one of these. */
    refused: (request, statuses) => sendOn(sockets[0], request, 1, 1, { statuses }),
    /**
     * Sends a request over all connections at once.
     *
     * @param times How often on each connection, a multiple of `depth`.
     * @param depth How many are sent before their answers are awaited.
     */
    async send(request, times, depth, status, body) {
      await Promise.all(sockets.map((socket) => sendOn(socket, request, times, depth, { status, body })));
    },
    close() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

function sendOn(socket, request, times, depth, expected) {
  const requests = request.repeat(depth);
  return new Promise((resolve, reject) => {
    let left = times;
    let open = depth;
    let received = '';
    const end = (error) => {
      socket.off('data', onData).off('close', onClose);
      if (error) reject(error);
      else resolve();
    };
    const onClose = () => end(new Error('the server closed a connection'));
    const onData = (chunk) => {
      received += chunk;
      for (let answer = nextAnswer(received); answer; answer = nextAnswer(received)) {
        const isExpected =
          expected.statuses?.includes(answer.status) ??
          (answer.status === expected.status && answer.body === expected.body);
        if (!isExpected) {
          end(new Error(`expected ${JSON.stringify(expected)}, got ${JSON.stringify(answer)}`));
          return;
        }
        received = received.slice(answer.length);
        left--;
        open--;
      }
      if (left === 0) end();
      else if (open === 0) {
        open = depth;
        socket.write(requests, 'latin1');
      }
    };
    if (socket.destroyed) throw new Error('the server closed a connection');
    socket.on('data', onData).on('close', onClose);
    socket.write(requests, 'latin1');
  });
}

/** The first response in what was received; `undefined` while it isn't there as a whole. */
function nextAnswer(received) {
  const head = received.indexOf('\r\n\r\n');
  if (head < 0) return undefined;
  const status = Number(received.slice(9, 12));
  const length = /\r\ncontent-length: *(\d+)/i.exec(received.slice(0, head));
  if (length) {
    const end = head + 4 + Number(length[1]);
    return received.length < end ? undefined : { status, body: received.slice(head + 4, end), length: end };
  }
  // In chunks: a text as short as these is in one of them, or there is none.
  const last = received.indexOf('0\r\n\r\n', head);
  const body = received.slice(head + 4, last).replace(/^[\da-f]+\r\n|\r\n$/gi, '');
  return last < 0 ? undefined : { status, body, length: last + 5 };
}
