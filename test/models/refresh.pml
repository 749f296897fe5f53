/*
 * Rotation of refresh tokens: the rule of src/tokens/decide-refresh.ts (docs/decisions/0030-refresh-tokens.md), with tabs that
 * share one cookie, answers that are late or lost, servers whose clocks differ, replicas that lag and a primary that goes back.
 * test/models/refresh.test.ts says which configurations are run, and what each of them assumes.
 *
 * What must hold in every order of events:
 *   1. assert(!signedOut)      Nothing ends the sign-in of an honest user.
 *   2. assert(!isMade[next])   A generation is made by one write: there are never two successors of one. See `write` on failovers.
 *   3. assert(cookie >= jar)   No late answer puts an old token in the place of a newer one.
 * And where there is a thief:
 *   4. assert(!thiefIsServed)  An old token opens nothing once its successor is in use and the leeway is over.
 *   5. assert(!isDeadServed)   After it was tried, no token of the family opens anything.
 *
 * What is assumed of time. A request takes at most UP from when it is sent until a server has read its clock for it, and at most
 * DOWN from there until its cookie is stored. Until then other tabs send the old token, so the last of them comes UP + DOWN after
 * the rotation, by clocks that are SKEW apart:
 *     UP + DOWN + SKEW <= LEEWAY
 * Who knows of a request only that the whole of it takes at most F has UP = DOWN = F, and needs 2 F + SKEW <= LEEWAY.
 * Where answers are lost, RETRY takes the place of DOWN: from the clock of the rotation until any tab has the new cookie.
 *
 * Left out: the form of tokens, and their proof; the key of a family; ends by age, by owners and by suspension; access tokens; a
 * second browser, which has a family of its own; the end after nine lost swaps, which is a 503 and changes nothing. A server is any
 * clock between `time` and `time + SKEW`, chosen anew for each request: any number of servers does no more than that.
 */
#ifndef TABS
#define TABS 2          /* that share one cookie. A tab has one request on its way at most. */
#endif
#ifndef SKEW
#define SKEW 1          /* how far two clocks may be apart, in ticks */
#endif
#ifndef UP
#define UP 1
#endif
#ifndef DOWN
#define DOWN 1
#endif
#ifndef LEEWAY
#define LEEWAY (UP + DOWN + SKEW)
#endif
#ifndef LOSSES
#define LOSSES 0        /* how many requests or answers are lost */
#endif
#ifndef SPAN
#define SPAN 16         /* for how long it is looked at */
#endif
#ifdef RETRY
#define isRetryDue (jar < row.generation && time >= madeAt + RETRY)
#else
#define isRetryDue false
#endif
#ifdef LOCK             /* tabs share one lock, so there is one refresh at a time, and the attempt of an unanswered one */
#define CLIENTS 1
#define client 0
#define isFree (holder == 0)
#define isMine (holder == me + 1)
#else                   /* each tab has attempts of its own, and knows nothing of the others */
#define CLIENTS TABS
#define client me
#define isFree true
#define isMine true
#endif
#ifdef ANY_WHILE        /* a request is on its way for as long as it likes */
#define within(ticks) NEVER
#else
#define within(ticks) (time + ticks)
#endif

/* The rule. What is defined here and below is wrong in one thing each; the test has the table. */
#ifdef NO_LEEWAY        /* also the option of that name: right where only one refresh is on its way */
#define isOnTime(r) false
#define isYoung(r) false
#else
#define isOnTime(r) (now - r.rotatedAt <= LEEWAY)
#ifndef YOUNG_FOR
#define YOUNG_FOR (2 * LEEWAY + SKEW)
#endif
#define isYoung(r) (now - r.rotatedAt < YOUNG_FOR)
#endif
#ifdef NO_ATTEMPT
#define isSameAttempt(r) false
#else
#define isSameAttempt(r) (r.attempt && r.attempt == attempts[me])
#endif
#ifdef READ_THEN_WRITE
#define mayWrite true
#else
#define mayWrite (!isEnded && row.version == seen)
#endif

/* For controls: with REACH set to its number, a place fails when it is reached. */
#ifndef REACH
#define REACH 0
#endif
#define place(number) assert(REACH != number)

#define NEVER 255
#define NONE 255
#define SPENT 15
#define START (2 * LEEWAY + SKEW)
#define LAST 8          /* generation that is looked at */
#define THIEF TABS
#define needsWrite (said == rotated || said == forwarded || said == used)

mtype = { kept, used, rotated, repeated, reused, forwarded, refused };
typedef Row { byte generation; byte rotatedAt; byte attempt; byte version };

Row row;                  /* of the primary: at first a generation that was made long ago */
Row replica;              /* what the primary once had: found by stale reads, and left over by a failover */
bool isEnded;             /* the row is deleted */
bool signedOut;           /* somebody honest was told so, or will be */
byte jar;                 /* the cookie, by its generation: a tab can't read it, and sends what is in it */
byte time = START;        /* real time: servers read it with an error */
byte madeAt;              /* when the server that made the present generation read its clock, in real time */
byte due[TABS] = NEVER;   /* when the way that a request is on ends at the latest */
bool isOut[TABS];         /* whether the tab has a request on its way */
byte presented[TABS + 1]; /* the token in each tab's request, by its generation; and the thief's */
byte attempts[TABS + 1];  /* the attempt beside it, by a number; 0 for none */
byte unanswered[CLIENTS]; /* the attempt that is sent again until there is an answer; 0 for none */
byte holder;              /* of the lock: the number of the tab, and one */
byte losses;              /* so far */
bool isMade[12];          /* which generations were, in the history that the primary has now */
bool isInUse;             /* the successor of what was stolen was used, and answered */
bool hasFailed;           /* the primary has gone back: this happens once */
bool thiefHasTried, thiefIsServed, isDeadServed;
byte i; short names;      /* used within one step */

inline copyRow(to, from) {
  to.generation = from.generation; to.rotatedAt = from.rotatedAt; to.attempt = from.attempt; to.version = from.version
}

/* Numbers instead of random texts. One that is nowhere any more is used again, so that the states stay finite. */
inline nameAttempt(name) {
  names = 1 << row.attempt | 1 << replica.attempt;
  for (i : 0 .. TABS) { names = names | 1 << attempts[i] }
  name = client + 1;
  do :: names & (1 << name) -> name = name + CLIENTS :: else -> break od;
  i = 0; names = 0
}

/* The client has its answer. What the row may still hold of an attempt that is nowhere else is the same for all. */
inline forgetAttempt() {
  unanswered[client] = 0; names = 0;
  for (i : 0 .. TABS) { if :: i != me -> names = names | 1 << attempts[i] :: else fi }
  if
  :: names & (1 << attempts[me]) -> skip
  :: else ->
     if :: row.attempt == attempts[me] -> row.attempt = SPENT :: else fi;
     if :: replica.attempt == attempts[me] -> replica.attempt = SPENT :: else fi
  fi;
  i = 0; names = 0
}

/* decideRefresh, of a row as it was read. What it writes is written in a step of its own: others come between. */
inline decide(r) {
  d_step {
    seen = r.version; hadFailed = hasFailed; next = r.generation; at = r.rotatedAt; cookie = NONE;
    if
    :: isEnded -> said = refused
    :: !isEnded && presented[me] > r.generation ->
#ifdef REVOKE_NEWER
       said = reused
#else
       said = forwarded; next = presented[me]; at = now
#endif
    :: !isEnded && presented[me] == r.generation && isYoung(r) ->
       said = (r.attempt -> used : kept);
#ifdef COOKIE_ON_KEPT
       cookie = r.generation
#endif
    :: !isEnded && presented[me] == r.generation && !isYoung(r) ->
       said = rotated; next = r.generation + 1; at = now; cookie = next
    :: !isEnded && presented[me] + 1 == r.generation && (isOnTime(r) || isSameAttempt(r)) ->
       said = repeated; cookie = r.generation;
       if :: isOnTime(r) -> place(1) :: else -> place(2) fi
    :: else -> said = reused
    fi
  }
}

/* Compare-and-swap. `used` is the first use of a successor: the attempt that made it opens nothing from then on. */
inline write() {
  if
  :: mayWrite ->
     if
     :: said == rotated ->
        /* After a failover versions count anew, so a swap of what was read before it may succeed. It makes the same token. */
        assert(!isMade[next] || hadFailed != hasFailed);
        isMade[next] = true; row.attempt = attempts[me]; madeAt = arrivedAt;
        if :: next > 1 -> place(4) :: else -> place(3) fi
     :: said == forwarded -> isMade[next] = true; row.attempt = 0; place(5)
     :: said == used -> place(6);
#ifndef ATTEMPT_STAYS
        row.attempt = 0
#endif
     fi;
     row.generation = next; row.rotatedAt = at; row.version++; isWritten = true
  :: else -> isWritten = false; place(7)
  fi
}

/* Where an honest user is signed out, unless a thief was noticed. */
inline signOut() { signedOut = !thiefHasTried; assert(!signedOut) }

inline store() {
  if
  :: cookie != NONE -> assert(cookie >= jar); if :: cookie > jar -> place(8) :: else fi; jar = cookie
  :: else
  fi
}

/* A tab: one refresh after the other, whenever it likes, until it is told that the family has ended. */
proctype Tab(byte me) {
  byte arrivedAt, now, seen, next, at, cookie = NONE;
  mtype said = kept;
  bool isWritten, isAfter, hadFailed; /* isAfter: sent after a thief was noticed; hadFailed: read after the failover */
end:
  do
  :: d_step {
       isFree && said != refused && row.generation < LAST ->
       isOut[me] = true; holder = me + 1; due[me] = within(UP); presented[me] = jar; isAfter = thiefHasTried;
       if :: !unanswered[client] -> nameAttempt(unanswered[client]) :: else fi;
       attempts[me] = unanswered[client]
     };
     if
     :: atomic { /* The server reads its clock once, and keeps to that however often it reads the row. */
          now = time; due[me] = within(DOWN);
#ifdef RETRY
          arrivedAt = time;
#endif
          do :: now < time + SKEW -> now++ :: break od
        }
     :: atomic { losses < LOSSES -> losses++; goto over }
     fi;
     atomic {
       if
       :: decide(row)
#ifdef STALE
       :: replica.version != row.version -> place(9); decide(replica)
#endif
       fi;
       if :: needsWrite :: else -> goto answer fi
     };
     do
     :: atomic {
          write();
          if
          :: isWritten -> goto answer
#ifdef LOSER_INVALID_GRANT
          :: else -> said = refused; goto answer
#else
          :: else
#endif
          fi
        };
        atomic { decide(row); if :: needsWrite :: else -> goto answer fi }
     od;
answer:
     atomic {
       now = 0; seen = 0; next = 0; at = 0; arrivedAt = 0; isWritten = false; hadFailed = false;
       if :: said == reused -> isEnded = true; signOut() :: else fi;
       isDeadServed = isAfter && said != refused; assert(!isDeadServed);
       /* One that sets no cookie changes nothing by being late. */
       if :: cookie == NONE -> goto arrival :: else fi
     };
arrival:
     atomic {
       if
       :: isMine ->
          store(); forgetAttempt();
          if :: said == refused -> signOut() :: else -> said = kept fi;
          isInUse = isInUse || presented[me] > presented[THIEF]
       :: losses < LOSSES -> losses++; if :: store() :: true fi /* a tab that is closed as the answer comes */
       :: !isMine -> if :: store() :: true fi
       fi;
over:
       if :: isMine -> holder = 0 :: else fi;
       isOut[me] = false; due[me] = NEVER; attempts[me] = 0; presented[me] = 0; cookie = NONE; isAfter = false
     }
  od
}

/* Passes while nobody is late: this is all that is assumed of time. */
proctype Time() {
end:
  do
  :: d_step {
       time < START + SPAN && !isRetryDue && time < due[0] && time < due[TABS - 1] && time < due[TABS / 2] -> time++
     }
  od
}

#if defined(STALE) || defined(FAILOVER)
/* Follows when it likes. Once, the primary may be lost, with whatever the replica does not have. */
proctype Replica() {
end:
  do
  :: d_step { replica.version != row.version -> copyRow(replica, row) }
#ifdef FAILOVER
  :: d_step {
       !hasFailed && replica.version < row.version -> copyRow(row, replica); hasFailed = true;
       for (i : replica.generation + 1 .. 11) { isMade[i] = false }
       i = 0; place(10)
     }
#endif
  od
}
#endif

#ifdef GIVES_UP
/* A tab gives up, or is closed, while its request is on its way: it is nobody's any more, and the lock is free. */
proctype Impatience() {
end:
  do
  :: holder -> holder = 0
  od
}
#endif

#ifdef STOLEN
/*
 * Has a copy of what a tab has sent, with the attempt or without. Tries it once it is old: its successor was made longer ago than
 * the leeway, or another one after that, and (or else an attempt is still good) the user has had an answer to the successor.
 */
proctype Thief() {
  byte me = THIEF; byte arrivedAt, now, seen, next, at, cookie = NONE;
  mtype said; bool hadFailed;
end:
  atomic { isOut[0] -> presented[me] = presented[0]; isInUse = false; if :: attempts[me] = attempts[0] :: true fi };
end2:
  atomic {
    row.generation > presented[me] && (row.generation > presented[me] + 1 || time - row.rotatedAt > LEEWAY) &&
      (isInUse || !attempts[me]) ->
    now = time;
    do :: now < time + SKEW -> now++ :: break od;
    decide(row); place(11);
    thiefHasTried = true; thiefIsServed = said != reused; assert(!thiefIsServed);
#ifndef NEVER_REVOKE
    isEnded = true
#endif
  }
}
#endif

init {
  atomic {
    for (i : 0 .. TABS - 1) { run Tab(i) }
    i = 0; run Time();
#if defined(STALE) || defined(FAILOVER)
    run Replica();
#endif
#ifdef GIVES_UP
    run Impatience();
#endif
#ifdef STOLEN
    run Thief()
#endif
  }
}
