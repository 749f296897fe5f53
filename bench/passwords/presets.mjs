import crypto from 'node:crypto';
import { promisify } from 'node:util';
import { argon2id as nobleArgon2id } from '@noble/hashes/argon2.js';
import { pbkdf2 as noblePbkdf2 } from '@noble/hashes/pbkdf2.js';
import { scrypt as nobleScrypt } from '@noble/hashes/scrypt.js';
import { sha256 } from '@noble/hashes/sha2.js';
import bcryptjs from 'bcryptjs';
import * as wasm from 'hash-wasm';

const LENGTH = 32;
const textOf = (bytes) => Buffer.from(bytes).toString('base64').replace(/=+$/, '');

/** The last part of a PHC string, and the whole of bcrypt's behind its version, which all spell as they like. */
const digestOf = (hash) => (hash.startsWith('$2') ? hash.slice(4) : hash.split('$').at(-1));

/** Through `passwords`, as an application has it. */
const ours = (name, hasherOf) => ({
  name: `countersign, ${name}`,
  async create(load) {
    const { passwords } = await load('passwords');
    const hasher = await hasherOf(load);
    return async (password, salt, parameters) => {
      const hashing = passwords({ hasher: hasher({ weakerThanOwasp: true, ...parameters }) });
      const made = await hashing.hash(password, { now: 0, random: () => salt });
      return digestOf(made.hash);
    };
  },
});

/** A function to bytes. */
const other = (name, derive) => ({
  name,
  create: async () => async (password, salt, parameters) => textOf(await derive(password, salt, parameters)),
});

const memoryAndPasses = ({ memory, passes, parallelism = 1 }) => ({ memory, passes, parallelism });
const argon2id = [
  ours(crypto.argon2 ? 'native' : 'portable', async (load) => (await load('argon2id')).argon2id),
  other('@noble/hashes', (password, salt, parameters) => {
    const { memory: m, passes: t, parallelism: p } = memoryAndPasses(parameters);
    return nobleArgon2id(password, salt, { m, t, p, dkLen: LENGTH, maxmem: 2 ** 32 - 1 });
  }),
  other('hash-wasm', (password, salt, parameters) => {
    const { memory: memorySize, passes: iterations, parallelism } = memoryAndPasses(parameters);
    return wasm.argon2id({
      password,
      salt,
      memorySize,
      iterations,
      parallelism,
      hashLength: LENGTH,
      outputType: 'binary',
    });
  }),
  crypto.argon2 &&
    other('node:crypto argon2', (message, nonce, parameters) =>
      promisify(crypto.argon2)('argon2id', { message, nonce, tagLength: LENGTH, ...memoryAndPasses(parameters) }),
    ),
].filter(Boolean);

const costs = ({ logN, parallelism = 1 }) => ({ N: 2 ** logN, r: 8, p: parallelism, maxmem: 2 ** 31 - 1 });
const scrypt = [
  ours('native', async (load) => (await load('scrypt')).scrypt),
  other('@noble/hashes', (password, salt, parameters) =>
    nobleScrypt(password, salt, { ...costs(parameters), dkLen: LENGTH }),
  ),
  other('hash-wasm', (password, salt, parameters) => {
    const { N: costFactor, r: blockSize, p: parallelism } = costs(parameters);
    return wasm.scrypt({
      password,
      salt,
      costFactor,
      blockSize,
      parallelism,
      hashLength: LENGTH,
      outputType: 'binary',
    });
  }),
  other('node:crypto scrypt', (password, salt, parameters) =>
    promisify(crypto.scrypt)(password, salt, LENGTH, costs(parameters)),
  ),
];

const pbkdf2 = [
  ours('WebCrypto', async (load) => (await load('pbkdf2')).pbkdf2),
  other('@noble/hashes', (password, salt, { iterations: c }) =>
    noblePbkdf2(sha256, password, salt, { c, dkLen: LENGTH }),
  ),
  other('hash-wasm', (password, salt, { iterations }) =>
    wasm.pbkdf2({
      password,
      salt,
      iterations,
      hashLength: LENGTH,
      hashFunction: wasm.createSHA256(),
      outputType: 'binary',
    }),
  ),
  other('node:crypto pbkdf2', (password, salt, { iterations }) =>
    promisify(crypto.pbkdf2)(password, salt, iterations, LENGTH, 'sha256'),
  ),
];

const bcrypt = [
  ours('bcryptjs', async (load) => {
    const { bcrypt } = await load('bcrypt');
    return (parameters) => bcrypt(bcryptjs, parameters);
  }),
  {
    name: 'hash-wasm',
    create:
      async () =>
      async (password, salt, { cost }) =>
        digestOf(await wasm.bcrypt({ password, salt, costFactor: cost, outputType: 'encoded' })),
  },
];

const CONTENDERS = { argon2id, scrypt, pbkdf2, bcrypt };
const preset = (algorithm, name, parameters, least) => ({
  algorithm,
  name: `${algorithm} ${name}`,
  parameters,
  least,
});
const LEAST_ARGON2 = { memory: 32, passes: 1 };
const LEAST_SCRYPT = { logN: 2 };
const LEAST_PBKDF2 = { iterations: 1 };

/** As the library names them. */
export const presets = [
  preset('argon2id', 'OWASP_46_MIB', { memory: 47_104, passes: 1 }, LEAST_ARGON2),
  preset('argon2id', 'OWASP_19_MIB', { memory: 19_456, passes: 2 }, LEAST_ARGON2),
  preset('argon2id', 'OWASP_12_MIB', { memory: 12_288, passes: 3 }, LEAST_ARGON2),
  preset('argon2id', 'OWASP_9_MIB', { memory: 9216, passes: 4 }, LEAST_ARGON2),
  preset('argon2id', 'OWASP_7_MIB', { memory: 7168, passes: 5 }, LEAST_ARGON2),
  preset('argon2id', 'RFC9106_64_MIB', { memory: 65_536, passes: 3, parallelism: 4 }, LEAST_ARGON2),
  preset('scrypt', 'OWASP_128_MIB', { logN: 17, parallelism: 1 }, LEAST_SCRYPT),
  preset('scrypt', 'OWASP_64_MIB', { logN: 16, parallelism: 2 }, LEAST_SCRYPT),
  preset('scrypt', 'OWASP_32_MIB', { logN: 15, parallelism: 3 }, LEAST_SCRYPT),
  preset('scrypt', 'OWASP_16_MIB', { logN: 14, parallelism: 5 }, LEAST_SCRYPT),
  preset('scrypt', 'OWASP_8_MIB', { logN: 13, parallelism: 10 }, LEAST_SCRYPT),
  preset('pbkdf2', 'OWASP_600_000', { iterations: 600_000 }, LEAST_PBKDF2),
  preset('pbkdf2', 'WORKERS_100_000', { iterations: 100_000 }, LEAST_PBKDF2),
  preset('bcrypt', 'cost 10', { cost: 10 }, { cost: 4 }),
];

/** Who is measured with a preset, ours first. */
export const contendersOf = ({ algorithm }) => CONTENDERS[algorithm];
