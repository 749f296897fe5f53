import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer as createCleartextServer, type IncomingMessage, type Server } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';

const LOOPBACK = '127.0.0.1';

export interface SitesOptions {
  readonly fetch: (request: Request) => Response | Promise<Response>;
  readonly upgrade?: (request: IncomingMessage, socket: Duplex) => void;
}

/** Whatever ends in `.example`, with TLS on port 443 and without on port 80: real names and ports, as the browser sees them. */
export interface Sites {
  /** What Chromium needs to be told to find it. */
  readonly chromiumArgs: readonly string[];
  /** Where the one with TLS really is. */
  readonly port: number;
  close(): void;
}

/** Starts two servers on loopback that answer for all sites. */
export async function startSites({ fetch, upgrade }: SitesOptions): Promise<Sites> {
  const { pem, fingerprint } = makeCertificate();
  const listener = getRequestListener(fetch);
  const secure = createServer({ key: pem, cert: pem }, listener);
  const cleartext = createCleartextServer(listener);
  const servers: readonly Server[] = [secure, cleartext];
  for (const server of servers) {
    if (upgrade) server.on('upgrade', upgrade);
    server.listen(0, LOOPBACK);
    await once(server, 'listening');
  }
  const [port, cleartextPort] = servers.map((server) => (server.address() as AddressInfo).port);
  return {
    chromiumArgs: [
      `--host-resolver-rules=MAP *.example:443 ${LOOPBACK}:${port},MAP *.example:80 ${LOOPBACK}:${cleartextPort}`,
      // This key's certificate alone is taken for a good one, so that the browser sees no difference to the real thing.
      `--ignore-certificate-errors-spki-list=${fingerprint}`,
    ],
    port: port as number,
    close() {
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

/** A key and a certificate of its own signing, for this process alone, by the command line of OpenSSL. */
function makeCertificate(): { readonly pem: string; readonly fingerprint: string } {
  const request = ['req', '-x509', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const output = ['-subj', '/CN=example', '-days', '2', '-keyout', '-', '-out', '-'];
  const openssl = process.env.OPENSSL_PATH || '/usr/bin/openssl';
  if (!existsSync(openssl)) {
    throw new Error(`No OpenSSL at ${openssl}. Install it, or set OPENSSL_PATH to where it is.`);
  }
  const pem = execFileSync(openssl, [...request, ...output], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const key = new X509Certificate(pem.slice(pem.indexOf('-----BEGIN CERTIFICATE'))).publicKey;
  const der = key.export({ type: 'spki', format: 'der' });
  return { pem, fingerprint: createHash('sha256').update(der).digest('base64') };
}
