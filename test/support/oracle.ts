import type { Observed } from './observe.ts';
import { challengeOf, type Name, PLACES, type Verdict } from './scripted.ts';

/**
 * The rule for several credentials once more, in another form than the code has it: who would be asked if nobody's answer
 * ended the search, where the list is cut, and what weighs most in the rest. It knows nothing of `src/core`.
 */
export interface Part {
  /** May be sent on purpose: in a header of its own or in the URL. */
  readonly explicit: boolean;
  /** May be sent by a browser unasked. An `all` may be both. */
  readonly ambient: boolean;
  /** Is in the request; of what is explicit, where a part is both. */
  readonly presented: boolean;
  readonly names: readonly Name[];
  readonly answer: Answer;
}

export type Answer = Omit<Observed, 'challenges'>;

type Given = Readonly<Partial<Record<Name, Verdict | undefined>>>;

const NOTHING = { scheme: undefined, cookies: [], asked: [] } as const;
const ABSENT: Answer = { ...NOTHING, kind: 'absent', reason: 'absent', status: 401 };
const OUTAGE: Answer = { ...NOTHING, kind: 'outage', reason: 'outage', status: 503 };

/** One authenticator, by itself. */
export function single(name: Name, given: Given): Part {
  const verdict = given[name];
  const explicit = PLACES[name] !== 'cookie';
  return {
    explicit,
    ambient: !explicit,
    presented: verdict !== undefined,
    names: [name],
    answer: { ...verdictOf(name, verdict), asked: [name] },
  };
}

function verdictOf(scheme: Name, verdict: Verdict | undefined): Answer {
  if (verdict === undefined || verdict === 'silent') return ABSENT;
  if (verdict === 'down') return OUTAGE;
  const told = { scheme, cookies: [`by-${scheme}=${verdict}`], asked: [] };
  if (verdict === 'good') return { ...told, kind: 'accepted', reason: undefined, status: 200 };
  if (verdict === 'weak') return { ...told, kind: 'insufficient', reason: 'insufficient', status: 403 };
  if (verdict === 'stale') return { ...told, kind: 'insufficient', reason: 'insufficient', status: 401 };
  if (verdict === 'twice') return { ...told, kind: 'rejected', reason: 'malformed', status: 400 };
  return { ...told, kind: 'rejected', reason: verdict, status: 401 };
}

/** `any(…)`, or `optional(any(…))`. */
export function eitherOf(parts: readonly Part[], optional = false): Part {
  const explicit = parts.filter((part) => part.explicit && part.presented);
  const names = parts.flatMap((part) => part.names);
  const common = {
    explicit: parts.some((part) => part.explicit),
    ambient: parts.some((part) => part.ambient),
    presented: parts.some((part) => part.presented),
    names,
  };
  if (explicit.length > 1) {
    const scheme = explicit.map((part) => part.names[0]).join(' or ');
    return { ...common, answer: { ...NOTHING, kind: 'rejected', scheme, reason: 'malformed', status: 400 } };
  }
  // Whoever was looked for and found has the last word, unless it finds nothing. A part that is both may stand here twice.
  const walk = [...explicit, ...parts.filter((part) => part.ambient)];
  const cut = walk.findIndex(
    ({ answer: { kind } }, index) => /accepted|outage/.test(kind) || (index < explicit.length && kind !== 'absent'),
  );
  const heard = cut < 0 ? walk : walk.slice(0, cut + 1);
  const asked = heard.flatMap((part) => part.answer.asked);
  const cookies = heard.flatMap((part) => part.answer.cookies).sort();
  const heaviest = [/insufficient/, /rejected/].flatMap(
    (kind) => heard.find((part) => kind.test(part.answer.kind)) ?? [],
  );
  const answer = (cut < 0 ? heaviest[0]?.answer : heard.at(-1)?.answer) ?? ABSENT;
  if (optional && cut < 0 && answer.kind !== 'insufficient') {
    return {
      ...common,
      answer: { kind: 'accepted', scheme: 'anonymous', reason: undefined, status: 200, cookies, asked },
    };
  }
  return { ...common, answer: { ...answer, asked, cookies: answer.kind === 'outage' ? [] : cookies } };
}

/** `all(…)`. */
export function everyOf(parts: readonly Part[]): Part {
  const down = parts.findIndex((part) => part.answer.kind === 'outage');
  const heard = down < 0 ? parts : parts.slice(0, down + 1);
  const answers = heard.map((part) => part.answer);
  const kinds = answers.map(({ kind }) => kind).join(' ');
  const told = {
    asked: answers.flatMap((each) => each.asked),
    cookies: answers.flatMap((each) => each.cookies).sort(),
  };
  const answer = ((): Answer => {
    if (/outage/.test(kinds)) return { ...OUTAGE, asked: told.asked };
    if (/rejected/.test(kinds)) return { ...(answers.find(({ kind }) => kind === 'rejected') as Answer), ...told };
    if (/^(absent ?)+$/.test(kinds)) return { ...ABSENT, ...told };
    if (/absent/.test(kinds)) return { ...told, kind: 'rejected', scheme: 'all', reason: 'incomplete', status: 401 };
    if (/insuff/.test(kinds)) return { ...(answers.find(({ kind }) => kind === 'insufficient') as Answer), ...told };
    const scheme = answers.map((each) => each.scheme).join('+');
    return { ...told, kind: 'accepted', scheme, reason: undefined, status: 200 };
  })();
  return {
    explicit: parts.some((part) => part.explicit),
    ambient: parts.some((part) => part.ambient),
    presented: parts.some((part) => part.explicit && part.presented),
    names: parts.flatMap((part) => part.names),
    answer,
  };
}

/** `WWW-Authenticate`: who refused first, then its companions, then the others; "not enough" is said by itself. */
export function challengesFor(parts: readonly Part[], { kind, scheme, reason }: Answer): string | null {
  if (kind === 'accepted' || kind === 'outage') return null;
  const group = parts.find(({ names }) => names.includes(scheme as Name))?.names ?? [];
  const refusing = group.filter((name) => name === scheme);
  const others = kind === 'insufficient' ? [] : [...group, ...parts.flatMap(({ names }) => names)];
  const bare = [...new Set(others)].filter((name) => name !== scheme);
  return [
    ...refusing.map((name) => challengeOf(name, { kind, reason })),
    ...bare.map((name) => challengeOf(name, { kind: 'absent' })),
  ].join(', ');
}
