import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const LOOPBACK = '127.0.0.1';

export interface Upstream {
  /** Where the cache gets it from. */
  readonly address: string;
  /** Keep one response for all, whatever its `Vary` says. */
  readonly ignoreVary: boolean;
}

export interface Nginx<Name extends string> {
  /** Where each is to be had through the cache. */
  readonly addresses: Readonly<Record<Name, string>>;
  stop(): Promise<void>;
}

/**
 * Starts nginx as a shared cache in front of servers, a process of this one's, in a folder of its own.
 *
 * @throws Error Where there is no nginx: a test of a cache that is skipped tests nothing.
 */
export async function startNginx<Name extends string>(
  upstreams: Readonly<Record<Name, Upstream>>,
): Promise<Nginx<Name>> {
  const binary = process.env.NGINX_PATH || '/usr/sbin/nginx';
  if (!existsSync(binary)) {
    throw new Error(
      `No nginx at ${binary}. Install it (Debian: apt-get install --no-install-recommends nginx), ` +
        'or set NGINX_PATH to where it is.',
    );
  }
  const folder = await mkdtemp(join(tmpdir(), 'countersign-nginx-'));
  await mkdir(join(folder, 'temporary'));
  const names = Object.keys(upstreams) as Name[];
  const ports = await freePorts(names.length);
  const servers = names.map((name, index) => serverConfig(ports[index] as number, upstreams[name]));
  await writeFile(join(folder, 'nginx.conf'), config(folder, servers));

  const child = spawn(binary, ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  for (let tries = 50; !(await isOpen(ports.at(-1) as number)); tries--) {
    if (tries && child.exitCode === null) await wait(100);
    else {
      await stop();
      throw new Error(`nginx did not start: ${output}`);
    }
  }
  const addresses = names.map((name, index) => [name, `http://${LOOPBACK}:${ports[index]}`] as const);
  return { addresses: Object.fromEntries(addresses) as Record<Name, string>, stop };
}

/** As careless as a cache can be set up that still reads `Cache-Control`. */
function serverConfig(port: number, { address, ignoreVary }: Upstream): string {
  return `
  server {
    listen ${LOOPBACK}:${port};
    location / {
      proxy_pass ${address};
      proxy_set_header Host $http_host;
      proxy_cache shared;
      # Nothing of who is asking is in the key, and what forbids nothing is kept.
      proxy_cache_key "${port} $request_method $request_uri";
      proxy_cache_methods GET HEAD POST;
      proxy_cache_valid any 10m;
      proxy_cache_convert_head off;
      # Of its own accord nginx keeps nothing that sets a cookie. Others do, and this one is to.
      proxy_ignore_headers Set-Cookie${ignoreVary ? ' Vary' : ''};
      add_header X-Cache-Status $upstream_cache_status always;
    }
  }`;
}

function config(folder: string, servers: readonly string[]): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `  ${name}_temp_path ${folder}/temporary/${name};`,
  );
  return `
user ${userInfo().username};
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr warn;
events {}
http {
  access_log off;
${temporary.join('\n')}
  proxy_cache_path ${folder}/cache keys_zone=shared:1m inactive=10m;
${servers.join('\n')}
}
`;
}

/** Free a moment ago, which on loopback is as good as one can know. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, LOOPBACK));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, LOOPBACK);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
