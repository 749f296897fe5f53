import { cachedStore } from '../../src/stores/cached.ts';
import type { RecordKey, Store, StoreRecord } from '../../src/stores/contract.ts';
import { eachVerb } from '../../src/stores/each-verb.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import type { VirtualTime } from './virtual-time.ts';

type Options = Readonly<Record<'maxAge' | 'pollEvery' | 'tolerance' | 'timeout', number>>;

/** How a history departs from what is right, so that it can be seen to be found. */
export interface Departure {
  /** What a process takes for the feed, over the store as it reaches it. */
  readonly feed?: (store: Store, time: VirtualTime) => Store<'consistent'> | false;
  readonly options?: (options: Options) => Options;
  /** In seconds, after which what has ended must be refused everywhere. */
  readonly bound?: (options: Options) => number;
}

/** What is known of a session from outside: what was acknowledged, and when. */
interface Known {
  readonly key: RecordKey;
  readonly subject: string;
  /** The end that was acknowledged first, anywhere and by each process. */
  endedAt: number;
  readonly endedBy: Map<object, number>;
  /** Versions that were acknowledged. */
  readonly versions: { readonly version: number; readonly at: number; readonly by: object }[];
}

interface Process {
  readonly store: Store<never>;
  /** Whole seconds, by its own clock. */
  clock(): number;
  faults: number;
}

export interface History {
  readonly violations: readonly string[];
  readonly accepted: number;
  readonly fromMemory: number;
  readonly refused: number;
  readonly failed: number;
}

const IDLE = 12;
const LENGTH = 20;

/**
 * One history: a few processes with clocks of their own, each with a cache, in front of one store that is far away and at times
 * out of reach. People sign in, use, renew, rotate, lose rights and sign out, all at once.
 *
 * - Safety: what has ended or changed is not accepted as it was, after the bound; at once, if the read is fresh or in the
 *   process where it was ended.
 * - Liveness: a session that was alive before a read and after it is not refused, and nothing fails but by a fault.
 */
export async function runHistory(
  time: VirtualTime,
  random: () => number,
  { feed, options: depart = (options) => options, bound = ({ pollEvery }) => 2 * pollEvery }: Departure = {},
): Promise<History> {
  const whole = (least: number, most: number): number => least + Math.floor(random() * (most - least + 1));
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const pollEvery = whole(1, 3);
  const real: Options = { pollEvery, maxAge: whole(2 * pollEvery, 40), timeout: whole(1, 3), tolerance: whole(0, 4) };
  const options = depart(real);
  const limit = bound(options);
  // Of the tolerance, one part is how clocks differ, and the rest how old the `now` of a call may be.
  const skew = random() * real.tolerance;
  const lag = real.tolerance - skew;

  const truth = memoryStore();
  const known: Known[] = [];
  const violations: string[] = [];
  const counts = { accepted: 0, fromMemory: 0, refused: 0, failed: 0 };
  const start = time.now();

  const processOf = (): Process => {
    const offset = (random() - 0.5) * skew;
    const cutAt = start + random() * LENGTH * 2;
    const cutFor = random() * 10;
    const isCut = (): boolean => time.now() >= cutAt && time.now() < cutAt + cutFor;
    const slow = random() < 0.5 ? 0.3 : 0.05;
    const delay = (): number => random() * (random() < slow ? real.timeout * 0.6 : 0.05);
    const way = async (): Promise<void> => {
      await time.sleep(delay());
      if (!isCut()) return;
      self.faults++;
      throw new Error('cut');
    };
    const far = eachVerb(truth, async ({ make }) => {
      await way();
      const answer = make();
      await way();
      return answer;
    }) as Store;
    const given = feed ? { feed: feed(far, time) } : {};
    const store = cachedStore(far, { ...options, ...given, maxRecords: pick([2, 1000, 1000]) });
    const self: Process = { store, clock: () => Math.floor(time.now() + offset), faults: 0 };
    return self;
  };
  const processes = Array.from({ length: whole(2, 4) }, processOf);

  const note = (key: RecordKey, subject: string, version: number, by: object): void => {
    const versions = [{ version, at: time.now(), by }];
    known.push({ key, subject, endedAt: Number.POSITIVE_INFINITY, endedBy: new Map(), versions });
  };
  const noteEnd = (session: Known, by: object): void => {
    session.endedAt = Math.min(session.endedAt, time.now());
    session.endedBy.set(by, Math.min(session.endedBy.get(by) ?? Number.POSITIVE_INFINITY, time.now()));
  };

  let issued = 0;
  const newId = (): string => `session ${++issued}`;

  const issue = async (at: Process, now: number): Promise<void> => {
    const subject = pick(['ada', 'ada', 'bob', 'eve']);
    const owner = { kind: 'session', partition: `of ${subject}`, subject };
    const key = { kind: 'session', partition: owner.partition, id: newId() };
    const epoch = await at.store.epoch(owner, { fresh: true });
    const record = { subject, epoch, createdAt: now, expiresAt: now + IDLE, endsAt: now + 1000, data: '' };
    if (await at.store.create(key, record, now)) note(key, subject, 1, at);
  };

  const judge = (
    session: Known,
    record: StoreRecord,
    at: Process,
    fresh: boolean,
    captured: number,
    called: number,
  ): void => {
    const tell = (what: string, since: number): void => {
      violations.push(
        `${session.key.id}: ${what} ${since.toFixed(2)} s later; bound ${limit}, ${JSON.stringify(options)}`,
      );
    };
    if (captured >= session.endedAt + limit) tell('accepted', captured - session.endedAt);
    if (fresh && called > session.endedAt) tell('accepted by a fresh read', called - session.endedAt);
    const own = session.endedBy.get(at) ?? Number.POSITIVE_INFINITY;
    if (called > own) tell('accepted where it ended', called - own);
    for (const { version, at: changed, by } of session.versions) {
      if (record.version >= version) continue;
      if (captured >= changed + limit) tell('as it was', captured - changed);
      if ((fresh || by === at) && called > changed) tell('as it was, to who knows', called - changed);
    }
  };

  const use = async (at: Process, now: number, captured: number, session: Known, fresh: boolean): Promise<void> => {
    const called = time.now();
    const wasAlive = truth.read(session.key, now);
    const faults = at.faults;
    let record: StoreRecord | undefined;
    try {
      record = await at.store.read(session.key, now, { fresh });
    } catch {
      counts.failed++;
      if (at.faults === faults) violations.push(`${session.key.id}: failed without a fault`);
      return;
    }
    if (record) {
      counts.accepted++;
      if (record.readAt !== undefined) counts.fromMemory++;
      judge(session, record, at, fresh, captured, called);
      // As a session does that is half idle.
      if (now - record.usedAt >= IDLE / 2 && random() < 0.8) {
        await at.store.touch(session.key, { at: now, ifBefore: now - IDLE / 2, expiresAt: now + IDLE });
      }
    } else {
      counts.refused++;
      if (wasAlive && truth.read(session.key, now)) violations.push(`${session.key.id}: refused, and alive`);
    }
  };

  const change = async (at: Process, now: number, session: Known, rotate: boolean): Promise<void> => {
    const record = await at.store.read(session.key, now, { fresh: true });
    if (!record) return;
    const next = { usedAt: now, expiresAt: now + IDLE, data: `${record.version}` };
    const id = rotate ? newId() : undefined;
    if (!(await at.store.swap(session.key, record.version, next, now, id))) return;
    if (id === undefined) session.versions.push({ version: record.version + 1, at: time.now(), by: at });
    else {
      noteEnd(session, at);
      note({ ...session.key, id }, session.subject, record.version + 1, at);
    }
  };

  const endAll = async (at: Process, now: number, { key, subject }: Known, spare: boolean): Promise<void> => {
    const before = known.filter((session) => session.subject === subject);
    const epochs = before.map(
      (session) => truth.read(session.key, Number.NEGATIVE_INFINITY) as StoreRecord | undefined,
    );
    const owner = { kind: key.kind, partition: key.partition, subject };
    const epoch = await at.store.endAll(owner, now, spare ? key.id : undefined);
    for (const [index, session] of before.entries()) {
      const isSpared = spare && session.key.id === key.id;
      if (!isSpared && (epochs[index]?.epoch ?? -1) < epoch) noteEnd(session, at);
    }
  };

  const act = async (): Promise<void> => {
    await time.sleep(random() * LENGTH);
    const at = pick(processes);
    const captured = time.now();
    const now = at.clock();
    if (random() < 0.3) await time.sleep(random() * lag);
    const session = pick(known.slice(-4));
    const chance = random();
    if (!session || chance < 0.04) return issue(at, now);
    if (chance < 0.07) return change(at, now, session, chance < 0.055);
    if (chance < 0.1) {
      if (await at.store.delete(session.key, now)) noteEnd(session, at);
      return;
    }
    if (chance < 0.12) return endAll(at, now, session, chance < 0.11);
    return use(at, now, captured, session, chance > 0.95);
  };

  /** Whoever did not get an answer knows nothing; only a read is asked why. */
  const attempt = (task: Promise<void>): Promise<void> => task.catch(() => undefined);
  const tasks = Array.from({ length: 3 }, () => attempt(issue(pick(processes), Math.floor(start))));
  for (let count = whole(50, 120); count > 0; count--) tasks.push(attempt(act()));
  await time.run();
  await Promise.all(tasks);
  return { violations, ...counts };
}
