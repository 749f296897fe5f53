import type { MaybePromise } from '../../core/chain.ts';
import type { Store, SubjectKey } from '../../stores/contract.ts';
import { anyOf } from './any-of.ts';
import { delayed, randomOf } from './delayed.ts';
import type { Behaviour } from './fixture.ts';

/** One round of a race: a subject that no other round has. */
interface Round {
  readonly store: Store;
  readonly now: number;
  readonly owner: SubjectKey;
  /** How many take part, 2 to 100, by their numbers. */
  readonly callers: readonly number[];
  /** Starts all calls at once, in a random order, and gives the answers in theirs. */
  all<Answer>(calls: readonly (() => MaybePromise<Answer>)[]): Promise<Answer[]>;
}

export type Race = readonly [name: string, run: (round: Round) => Promise<void>];

/** Each race twice: as the store answers, and with a while before and after every call. */
export function raceCases(races: readonly Race[], rounds: number): readonly Behaviour[] {
  return races.flatMap((race) => [caseOf(race, rounds, false), caseOf(race, rounds, true)]);
}

function caseOf([name, run]: Race, rounds: number, isFar: boolean): Behaviour {
  return [
    `race${isFar ? ' from afar' : ''}: ${name}`,
    async (_store, now, handles) => {
      const random = randomOf(1 + name.length);
      const shared = anyOf(handles, random);
      const asked = isFar ? delayed(shared, random) : shared;
      for (let round = 0; round < rounds; round++) {
        const owner = { kind: 'session', partition: `of-${round}`, subject: `subject ${round}` };
        const callers = Array.from({ length: 2 + ((round * 37) % 99) }, (_, number) => number);
        try {
          await run({ store: asked, now, owner, callers, all: (calls) => inAnyOrder(calls, random) });
        } catch (error) {
          throw new Error(`round ${round} of ${callers.length}: ${error instanceof Error ? error.message : error}`);
        }
      }
    },
  ];
}

async function inAnyOrder<Answer>(
  calls: readonly (() => MaybePromise<Answer>)[],
  random: () => number,
): Promise<Answer[]> {
  const order = calls.map((_, index) => index);
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] as number, order[last] as number];
  }
  const answers: Answer[] = [];
  await Promise.all(
    order.map(async (index) => {
      answers[index] = await (calls[index] as (typeof calls)[number])();
    }),
  );
  return answers;
}
