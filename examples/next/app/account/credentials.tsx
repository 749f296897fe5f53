'use client';

import { useActionState } from 'react';
import { makeCredential } from './actions';

/** Keys and tokens for programs. Each is shown this once: what is kept is a hash. */
export function Credentials() {
  const [made, make, isPending] = useActionState(makeCredential, '');
  return (
    <form action={make}>
      <button type="submit" name="kind" value="key" disabled={isPending}>
        Make a key
      </button>
      <button type="submit" name="kind" value="token" disabled={isPending}>
        Make a token
      </button>
      <output>{made}</output>
    </form>
  );
}
