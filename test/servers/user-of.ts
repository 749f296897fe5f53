import { readFileSync } from 'node:fs';

/** As whom a database server runs: those of PostgreSQL and MariaDB refuse to be root. */
export interface ServerUser {
  readonly uid?: number;
  readonly gid?: number;
}

/** The user of this name that a package made, where this process may become it; else whoever runs this process. */
export function userOf(name: string): ServerUser {
  if (process.getuid?.() !== 0) return {};
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((each) => each.startsWith(`${name}:`));
  if (!line) throw new Error(`no user ${name} here`);
  const [, , uid, gid] = line.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}
