// The other process of two-processes.ts: asks a store of its own for whoever started it.
import type { Asked, Opened, StoreModule, Told } from './two-processes.ts';

const module: Promise<StoreModule> = import(process.argv[2] as string);
let opened: Opened | undefined;

async function answerTo(asked: Asked): Promise<unknown> {
  if ('verb' in asked) {
    const verb = opened?.store[asked.verb] as (...given: readonly unknown[]) => unknown;
    return verb.apply(opened?.store, [...asked.given]);
  }
  await opened?.close();
  opened = undefined;
  const { open } = await module;
  // The first question is whether it is there.
  if (asked.open) opened = await open(asked.open);
  return opened?.store.capabilities;
}

process.on('message', (asked: Asked) => {
  const { id } = asked;
  const tell = (told: Told) => process.send?.(told);
  answerTo(asked).then(
    (answer) => tell({ id, answer }),
    (error) => tell({ id, failure: `${error}` }),
  );
});
process.on('disconnect', () => process.exit());
