const RIGHT = 'correct horse battery staple';
const WRONG = 'incorrect horse battery dung';
const MANY = 1_000_000;

/** Who signs in, with which password. The first is what the others are compared with. */
const CLASSES = [
  { name: 'known, wrong password', user: 'known', password: WRONG },
  { name: 'unknown', user: 'nobody', password: WRONG, most: 0.05 },
  { name: 'suspended, wrong password', user: 'suspended', password: WRONG, most: 0.05 },
  { name: 'suspended, right password', user: 'suspended', password: RIGHT, most: 0.05 },
  { name: 'without a password', user: 'none', password: WRONG, most: 0.05 },
  { name: 'with a hash that is cut off', user: 'broken', password: WRONG, most: 0.05 },
  // What is missing is made up, as nearly as parameters can.
  { name: 'with a hash of half the cost', user: 'cheap', password: WRONG },
];

/** By which new hashes are made, and hashes that cost half. */
const HASHERS = {
  argon2id: ({ argon2id }) => [argon2id(), argon2id({ passes: 1, weakerThanOwasp: true })],
  scrypt: ({ scrypt }) => [scrypt(), scrypt({ logN: 16, weakerThanOwasp: true })],
  pbkdf2: ({ pbkdf2 }) => [pbkdf2(), pbkdf2({ iterations: 300_000, weakerThanOwasp: true })],
  /** Costs nothing: what is left is the rest of the door. */
  none: () => [FREE, { ...FREE, decoyHash: '$free$b' }],
};
const FREE = {
  reads: (hash) => hash.startsWith('$free$'),
  verify: (password, hash) => (hash.length < 7 ? undefined : password === RIGHT),
  hash: () => '$free$a',
  isCurrent: () => true,
  decoyHash: '$free$a',
};

/**
 * Times refused sign-ins through the whole door, each from an address of its own, in an order that chance makes.
 *
 * @param {(subpath: string) => Promise<object>} load Of the library.
 * @param {keyof typeof HASHERS} name
 * @param {number} samples Of each class.
 * @returns {Promise<{ name: string, most?: number, times: number[], works: number[] }[]>} In milliseconds:
 *   by the wall clock, and of the process's CPU time, all of its threads.
 * @throws Error If answers differ, or a good sign-in is refused.
 */
export async function sampleSignIns(load, name, samples) {
  const door = await openDoor(load, name);
  const classes = CLASSES.map((each) => ({ ...each, times: [], works: [], answers: new Set() }));
  const warmUp = 3;
  for (let round = -warmUp; round < samples; round++) {
    for (const each of shuffled(classes)) {
      const request = door.requestOf(each.user, each.password);
      const cpuBefore = process.cpuUsage();
      const before = performance.now();
      const response = await door.ask(request);
      const taken = performance.now() - before;
      const { user, system } = process.cpuUsage(cpuBefore);
      each.answers.add(`${response.status} ${JSON.stringify([...response.headers])} ${await response.text()}`);
      if (round < 0) continue;
      each.times.push(taken);
      each.works.push((user + system) / 1000);
    }
  }
  const { status } = await door.ask(door.requestOf('known', RIGHT));
  const answers = new Set(classes.flatMap((each) => [...each.answers]));
  if (status !== 200 || answers.size !== 1) throw new Error(`${status}, and refusals: ${[...answers].join('\n')}`);
  return classes.map(({ name: label, most, times, works }) => ({ name: label, most, times, works }));
}

async function openDoor(load, name) {
  const library = Object.assign(
    {},
    ...(await Promise.all(['passwords', 'session', 'sign-in', 'sign-in-throttle', 'memory-store'].map(load))),
  );
  const [hasher, cheap] = HASHERS[name](name === 'none' ? {} : await load(name));
  const hashing = library.passwords({ hasher });
  const { hash } = await hashing.hash(RIGHT);
  const half = await library.passwords({ hasher: cheap }).hash(RIGHT);
  const rows = {
    known: { subject: 'u1', passwordHash: hash },
    suspended: { subject: 'u2', passwordHash: hash, disabled: true },
    none: { subject: 'u3', passwordHash: null },
    broken: { subject: 'u4', passwordHash: hash.slice(0, name === 'none' ? 6 : -30) },
    cheap: { subject: 'u5', passwordHash: half.hash },
  };
  const store = library.memoryStore();
  const secret = 'not a secret: an example of 32 bytes';
  const door = library.signIn({
    path: '/auth',
    sessions: library.session({ secret, store, load: ({ subject }) => ({ subject }) }),
    passwords: hashing,
    throttle: library.signInThrottle({ store, failuresPerAccount: MANY, failuresPerNetwork: MANY }),
    users: {
      findByIdentifier: async (identifier) => rows[identifier.split('@')[0]],
      findBySubject: async () => undefined,
      updatePasswordHash: async () => false,
    },
  });
  let address = 0;
  return {
    requestOf: (user, password) =>
      new Request('https://app.example/auth/sign-in', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ identifier: `${user}@${'a'.repeat(20 - user.length)}.example`, password }),
      }),
    ask(request) {
      address++;
      return door.fetch(request, { address: `10.${address >> 16}.${(address >> 8) & 255}.${address & 255}` });
    },
  };
}

function shuffled(values) {
  return values
    .map((value) => ({ value, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ value }) => value);
}
