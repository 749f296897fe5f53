import type { Runtime } from './library.ts';

const joinedByComma = {
  'http: a cookie of a second Cookie line is found':
    'the runtime joins two Cookie lines by a comma; splitting there would let one cookie plant another',
};

const lockedIsTaken = 'workerd makes a Response of a locked stream, and fails when it sends it';

/**
 * What does not hold on a runtime, by the name of the case, with the reason. Everything else must hold everywhere: a case
 * that fails and is not here is a failure, and so is one that is here and passes.
 */
export const gaps: Readonly<Record<Runtime, Readonly<Record<string, string>>>> = {
  node20: {},
  node22: {},
  node24: {},
  bun: {
    'effects: a text beyond ASCII survives the copy, with its content type':
      'Bun forgets the type of a text once it is copied (oven-sh/bun#42064)',
  },
  deno: joinedByComma,
  workerd: {
    ...joinedByComma,
    'effects: a response whose body is locked is a TypeError, which no server could send': lockedIsTaken,
    'effects: a refusal whose body is locked gives way to the plain one': lockedIsTaken,
  },
  edge: {},
};
