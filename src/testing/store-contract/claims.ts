import type { Store, StoreCapability } from '../../stores/contract.ts';
import { equal, ok } from './expect.ts';

export const CAPABILITIES: readonly StoreCapability[] = ['atomic', 'consistent', 'counters'];

/** Whether it says why, so that whoever reads the refusal knows what to do. */
export function isSentence(claim: unknown): claim is string {
  return typeof claim === 'string' && /\S+\s+\S+\s+\S/.test(claim);
}

/** The store claims what the case needs. Else the case would fail somewhere deep, or pass by luck. */
export function assertClaimed(handles: readonly Store[], needed: StoreCapability): void {
  for (const { capabilities } of handles) {
    const claim: unknown = capabilities?.[needed];
    const advice = isSentence(claim) ? `; tell storeCases(): notClaimed: ['${needed}']` : '';
    ok(claim === true, `capabilities.${needed} is ${JSON.stringify(claim)}, expected true${advice}`);
  }
}

/** The store says why it does not claim this, and does not do it half. */
export async function assertNotClaimed(handles: readonly Store[], needed: StoreCapability): Promise<void> {
  for (const store of handles) {
    const claim: unknown = store.capabilities?.[needed];
    ok(isSentence(claim), `capabilities.${needed} is ${JSON.stringify(claim)}, expected a sentence that says why not`);
    // A counter that counts now and then is a limit that holds now and then.
    if (needed === 'counters') equal(await advances(store), false, 'that it counts all the same is');
  }
}

async function advances(store: Store): Promise<boolean> {
  const now = Math.floor(Date.now() / 1000);
  try {
    await store.advance({ kind: 'limit', partition: 'of-ada', id: 'ada' }, { ...STEP, expiresAt: now + 10 }, now);
    return true;
  } catch {
    return false;
  }
}

const STEP = { floor: 0, by: 1, ceiling: 5 };
