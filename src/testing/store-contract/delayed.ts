import type { Store } from '../../stores/contract.ts';

/** Numbers from 0 to 1, the same ones for one seed, so that a race that was lost can be run again (Park and Miller). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 0x7fff_ffff;
    return state / 0x7fff_ffff;
  };
}

/** Lets others go first, a random number of times. No timer: it takes no time, and a runtime may have none. */
export async function letOthersGo(random: () => number): Promise<void> {
  for (let turns = Math.floor(random() * 6); turns > 0; turns--) await undefined;
}

/** The store as if it were far away: a call takes a while to reach it, and its answer to come back. */
export function delayed(store: Store, random: () => number): Store {
  const far =
    <Given extends readonly unknown[], Answer>(verb: (...given: Given) => Answer) =>
    async (...given: Given): Promise<Awaited<Answer>> => {
      await letOthersGo(random);
      const answer = await verb(...given);
      await letOthersGo(random);
      return answer;
    };
  return {
    capabilities: store.capabilities,
    create: far((...given: Parameters<Store['create']>) => store.create(...given)),
    read: far((...given: Parameters<Store['read']>) => store.read(...given)),
    swap: far((...given: Parameters<Store['swap']>) => store.swap(...given)),
    touch: far((...given: Parameters<Store['touch']>) => store.touch(...given)),
    delete: far((...given: Parameters<Store['delete']>) => store.delete(...given)),
    list: far((...given: Parameters<Store['list']>) => store.list(...given)),
    endAll: far((...given: Parameters<Store['endAll']>) => store.endAll(...given)),
    epoch: far((...given: Parameters<Store['epoch']>) => store.epoch(...given)),
    advance: far((...given: Parameters<Store['advance']>) => store.advance(...given)),
  };
}
