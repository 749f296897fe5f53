import type { MaybePromise } from './chain.ts';

/** Anything that implements Standard Schema (Zod, Valibot, ArkType and others), as far as it is used here. */
export interface StandardSchema<Output> {
  readonly '~standard': {
    readonly validate: (value: unknown) => MaybePromise<
      | { readonly value: Output; readonly issues?: undefined }
      | {
          readonly issues: readonly {
            readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
          }[];
        }
    >;
  };
}
