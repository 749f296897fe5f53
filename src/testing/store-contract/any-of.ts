import type { Store } from '../../stores/contract.ts';

/**
 * One store whose calls go to any of the handles. It reads fresh: what one handle wrote, another may not have heard of yet.
 * So where no handle promises that, all calls go to the first, and nothing is tried across them.
 *
 * @param handles Onto the same data, at least one.
 */
export function anyOf(handles: readonly Store[], random: () => number): Store {
  const [first] = handles as [Store];
  if (handles.length === 1 || first.capabilities.consistent !== true) return first;
  const any = (): Store => handles[Math.floor(random() * handles.length)] ?? first;
  return {
    capabilities: first.capabilities,
    create: (...given) => any().create(...given),
    read: (key, now) => any().read(key, now, { fresh: true }),
    swap: (...given) => any().swap(...given),
    touch: (...given) => any().touch(...given),
    delete: (...given) => any().delete(...given),
    list: (...given) => any().list(...given),
    endAll: (...given) => any().endAll(...given),
    epoch: (owner) => any().epoch(owner, { fresh: true }),
    advance: (...given) => any().advance(...given),
  };
}
