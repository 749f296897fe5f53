import { type Authenticator, all, any } from '../../src/index.ts';

type Compose = (...parts: readonly Authenticator[]) => Authenticator;

/** `any` and `all` of a list that is known only at run time: their types want to see each part, to refuse what can't stand. */
export const anyOf: Compose = any as unknown as Compose;
export const allOf: Compose = all as unknown as Compose;
