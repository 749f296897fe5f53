// What the Worker needs on this machine: its two secrets, its table, and somebody who can sign in. Safe to repeat.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hashingWith } from './src/hashing.js';

const PASSWORD = 'correct horse battery staple';

if (!existsSync('.dev.vars')) {
  const secret = () => randomBytes(32).toString('base64url');
  writeFileSync('.dev.vars', `SESSION_SECRET=${secret()}\nPEPPER=${secret()}\n`, { mode: 0o600 });
}
const [, pepper = ''] = /^PEPPER=(.*)$/m.exec(readFileSync('.dev.vars', 'utf8')) ?? [];

const wrangler = (...given) =>
  execFileSync('npx', ['wrangler', ...given, '--local'], { stdio: ['ignore', 'ignore', 'inherit'] });
wrangler('d1', 'migrations', 'apply', 'users');
const hashed = await hashingWith(pepper).hash(PASSWORD);
if (!hashed.ok) throw new Error(hashed.reason);
const row = `'u1', 'ada@acme.example', 'Ada', '${hashed.hash}'`;
wrangler('d1', 'execute', 'users', '--command', `INSERT OR REPLACE INTO users VALUES (${row})`);
console.log(`Sign in as ada@acme.example with "${PASSWORD}".`);
