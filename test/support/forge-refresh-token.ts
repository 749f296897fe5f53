import { createHash, createHmac } from 'node:crypto';

export interface ForgedRefreshToken {
  /** The name of the secret. */
  readonly key?: string;
  readonly secret: string;
  /** Partition and family. */
  readonly family: string;
  readonly generation: number;
  readonly salt: string;
}

/** A refresh token, made apart from the library by whoever has read what it is made of. */
export function forgeRefreshToken({ key = 'a', secret, family, generation, salt }: ForgedRefreshToken): string {
  const macOf = (purpose: string) => {
    const derived = createHmac('sha256', createHash('sha256').update(secret).digest())
      .update(purpose)
      .digest('base64url');
    return (message: string): string => createHmac('sha256', derived).update(message).digest('base64url');
  };
  const head = `refresh_1.${key}.${family}.${generation.toString(36)}.`;
  const body = head + macOf('refresh token proof refresh')(head + salt);
  return `${body}.${macOf('refresh token tag refresh')(body)}`;
}
