import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Jwk } from '../../src/jwt/key.ts';

export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** A key pair of Ed25519: what is published of it, and what signs. */
export function keyPair(kid: string): { readonly jwk: Jwk; readonly privateKey: KeyObject } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return { jwk: { ...(publicKey.export({ format: 'jwk' }) as Jwk), kid, alg: 'EdDSA', use: 'sig' }, privateKey };
}

/** Answers with a text, of JSON where it is none. */
export function sends(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

/** The same, so many milliseconds later. */
export const late =
  (milliseconds: number, answer: Answer): Answer =>
  (response, request) =>
    void setTimeout(() => answer(response, request), milliseconds);

/** A server whose answers change under the hands of a test, and that counts what it is asked for. */
export class KeyServer {
  readonly asked: string[] = [];
  /** By path; what has no answer is a 404. */
  readonly answers = new Map<string, Answer>();
  readonly #server = createServer((request, response) => {
    const path = request.url ?? '';
    this.asked.push(path);
    (this.answers.get(path) ?? sends('nothing here', 404))(response, request);
  });

  static async start(): Promise<KeyServer> {
    const server = new KeyServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** How often a path was asked for. */
  count(path: string): number {
    return this.asked.filter((each) => each === path).length;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
