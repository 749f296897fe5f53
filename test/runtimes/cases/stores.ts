import { storeCases } from '../../../src/testing/index.ts';
import type { Case, Library } from '../library.ts';

/** The contract of the stores that run wherever the library does. Of the races, as many rounds as show that they run. */
const memory = storeCases(({ memoryStore }: Library) => memoryStore.memoryStore(), { rounds: 10 });

export const storesCases: readonly Case[] = memory.map(
  ([name, run]): Case => [`memory store: ${name}`, (library) => run(library)],
);
