// A process that refreshes, and is killed when the store has acknowledged the swap: nobody ever gets its answer.
import { createContext } from '../../src/index.ts';
import type { Store } from '../../src/stores/contract.ts';
import type { StoreModule } from '../contract/two-processes.ts';
import { familiesOf } from '../support/families.ts';

const [file = '', url = '', token = '', attempt, now = ''] = process.argv.slice(2);
const { open } = (await import(file)) as StoreModule;
const { store } = (await open(url)) as { readonly store: Store };
const dying: Store = new Proxy(store, {
  get(target, verb: keyof Store) {
    const value = target[verb];
    if (typeof value !== 'function') return value;
    return async (...given: unknown[]) => {
      const answer = await (value as (...all: unknown[]) => unknown).apply(target, given);
      if (verb === 'swap' && answer === true) process.kill(process.pid, 'SIGKILL');
      return answer;
    };
  },
});
await familiesOf({ store: dying }).refresh(token, { attempt }, createContext({ now: Number(now) }));
console.log('answered');
