import type { Broken } from './broken/broken.ts';
import { brokenClaims } from './broken/claims.ts';
import { brokenClocks } from './broken/clocks.ts';
import { brokenCopies } from './broken/copies.ts';
import { brokenCounters } from './broken/counters.ts';
import { brokenCreates } from './broken/creates.ts';
import { brokenEnds } from './broken/ends.ts';
import { brokenLists } from './broken/lists.ts';
import { brokenNames } from './broken/names.ts';
import { brokenSteps } from './broken/steps.ts';
import { brokenSwaps } from './broken/swaps.ts';
import { brokenTouches } from './broken/touches.ts';

/** Stores that break the contract, each in one way, with the cases that must catch it. */
export const brokenStores: readonly Broken[] = [
  ...brokenCreates,
  ...brokenClocks,
  ...brokenSwaps,
  ...brokenTouches,
  ...brokenLists,
  ...brokenEnds,
  ...brokenNames,
  ...brokenCopies,
  ...brokenSteps,
  ...brokenCounters,
  ...brokenClaims,
];
