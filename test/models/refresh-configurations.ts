/** What a violation breaks: the assertions of refresh.pml. */
export const PROPERTIES = {
  'nobody honest is signed out': '!(signedOut)',
  'one successor a generation': '( !(isMade[next])||(hadFailed!=hasFailed))',
  'cookies in order': '(cookie>=jar)',
  'an old token opens nothing': '!(thiefIsServed)',
  'reuse ends the family': '!(isDeadServed)',
} as const;

/** What a configuration has to get to, or it would show nothing: the numbers of `place` in refresh.pml. */
export const PLACES = {
  'repeated within the leeway': 1,
  'repeated by its attempt, later': 2,
  rotated: 3,
  'rotated twice': 4,
  forwarded: 5,
  'the first use of a successor': 6,
  'a swap that is lost': 7,
  'a cookie that is stored': 8,
  'a stale read': 9,
  'a primary that goes back': 10,
  'a thief who tries': 11,
} as const;

type Place = keyof typeof PLACES;

interface Right {
  readonly defines: readonly string[];
  readonly reached: readonly Place[];
}

// One refresh at a time in all tabs, and one attempt until there is an answer: nothing is assumed of time.
const LOCKED = ['LOCK', 'ANY_WHILE'];

/** The rule as it is. */
export const rightConfigurations: Readonly<Record<string, Right>> = {
  // No lock. Assumed: UP + DOWN + SKEW <= LEEWAY, and no answer is lost.
  'three tabs, late cookies, clocks that differ': {
    defines: ['TABS=3', 'SPAN=10'],
    reached: [
      'repeated within the leeway',
      'rotated twice',
      'the first use of a successor',
      'a swap that is lost',
      'a cookie that is stored',
    ],
  },
  // No lock, and each tab has its own attempts. Assumed besides: some tab has the new cookie RETRY after the rotation.
  'lost answers, retried within the leeway': {
    defines: ['LOSSES=2', 'RETRY=2', 'LEEWAY=4', 'SPAN=12'],
    reached: ['repeated within the leeway', 'rotated twice'],
  },
  // A lock and a shared attempt. Assumed: a request that got no answer does nothing any more. Nothing of time: sleeps are in it.
  'lost answers, retried at any time, under a lock': {
    defines: [...LOCKED, 'TABS=3', 'LOSSES=2', 'LEEWAY=2', 'SPAN=12'],
    reached: ['repeated by its attempt, later', 'rotated twice', 'the first use of a successor'],
  },
  // The same of one tab without a lock: it is the only one.
  'one tab that sleeps, without a lock': {
    defines: ['TABS=1', 'LOSSES=3'],
    reached: ['repeated by its attempt, later', 'rotated twice'],
  },
  // A lock, but requests go on when their tab has given up. Assumed: bounds of time as without a lock, RETRY included.
  'requests that nobody waits for, under a lock': {
    defines: ['LOCK', 'GIVES_UP', 'RETRY=1', 'SPAN=7'],
    reached: ['repeated within the leeway', 'rotated twice'],
  },
  // The option `leeway: 0`. Assumed: a lock, and that a request that got no answer does nothing any more.
  'no leeway, lost answers, under a lock': {
    defines: [...LOCKED, 'NO_LEEWAY', 'LOSSES=3', 'SPAN=3'],
    reached: ['repeated by its attempt, later', 'rotated twice'],
  },
  // No lock; assumed as in the first.
  'a primary that goes back': {
    defines: ['FAILOVER', 'SPAN=7'],
    reached: ['a primary that goes back', 'forwarded', 'repeated within the leeway'],
  },
  // As in the third.
  'a primary that goes back, lost answers, under a lock': {
    defines: [...LOCKED, 'FAILOVER', 'LOSSES=2', 'SPAN=10'],
    reached: ['forwarded', 'repeated by its attempt, later'],
  },
  // No lock; assumed as in the first. The first read may be of any row that was, however old.
  'reads that are stale': {
    defines: ['STALE', 'SPAN=10'],
    reached: ['a stale read', 'rotated twice'],
  },
  // As in the third, and that clocks agree: see the last of what is needed.
  'reads that are stale, lost answers, under a lock': {
    defines: [...LOCKED, 'STALE', 'LOSSES=2', 'SKEW=0', 'LEEWAY=2', 'SPAN=10'],
    reached: ['a stale read', 'repeated by its attempt, later'],
  },
  // As in the third. The thief has a copy of a whole request.
  'a thief': {
    defines: [...LOCKED, 'STOLEN', 'LOSSES=1', 'SPAN=12'],
    reached: ['a thief who tries', 'repeated by its attempt, later'],
  },
};

/** The rule, and one thing wrong. */
export const wrongVariants: Readonly<Record<string, readonly string[]>> = {
  'reads, then writes, without a compare-and-swap': ['READ_THEN_WRITE'],
  'swaps without a leeway': ['NO_LEEWAY'],
  'answers invalid_grant to who loses the swap': ['LOSER_INVALID_GRANT'],
  'serves the previous generation, and rotates a young one: a burst': ['YOUNG_FOR=0'],
  'keeps a young generation for one leeway only': ['YOUNG_FOR=LEEWAY'],
  'ends a family on a newer generation, with replicas that lag': ['REVOKE_NEWER', 'STALE'],
  'ends a family on a newer generation, after a failover': ['REVOKE_NEWER', 'FAILOVER'],
  'knows no attempts, and a laptop sleeps': ['NO_ATTEMPT', 'TABS=1', 'LOSSES=1'],
  'sends the cookie with a kept token as well': ['COOKIE_ON_KEPT'],
  'has a leeway one tick shorter than a way to the server, a way back and the skew': [
    'UP=1',
    'DOWN=1',
    'SKEW=1',
    'LEEWAY=2',
  ],
  'keeps an attempt good after the successor was used': ['STOLEN', 'ATTEMPT_STAYS', 'TABS=1'],
  'refuses an old token, and lets the family live': ['STOLEN', 'NEVER_REVOKE', 'TABS=1'],
};

/** The rule as it is, without something that it assumes: who is honest is signed out, and no server can tell. */
export const neededAssumptions: Readonly<Record<string, readonly string[]>> = {
  // Another tab asks with the old token and an attempt of its own, later than the leeway.
  'several tabs that sleep after a lost answer share the attempt': ['LOSSES=1'],
  // Two retries after the sleep: the answer to the second is used, which ends the attempt, before the first arrives.
  'a request that nobody waits for is not on its way any more when its token is old': ['LOCK', 'GIVES_UP'],
  'cookies are not on their way for longer': ['DOWN=2', 'LEEWAY=3'],
  // A slow clock and the old row make it young: the client is told that its token is kept, and forgets its attempt.
  'reads are fresh where answers are lost': ['STALE', 'TABS=1', 'LOSSES=1'],
};
