import { vi } from 'vitest';

type Callback = (lock: object | null) => unknown;
interface Options {
  readonly ifAvailable?: boolean;
  readonly signal?: AbortSignal;
}

/** Web Locks in one process: exclusive, first come first served (W3C Web Locks §4). */
export class FakeLocks {
  /** Those that run or wait. */
  private readonly queue: object[] = [];
  private free: (() => void)[] = [];
  /** How often somebody had to wait. */
  waited = 0;

  request = async (name: string, { ifAvailable, signal }: Options, callback: Callback): Promise<unknown> => {
    const lock = { name };
    await new Promise((resolve) => setTimeout(resolve));
    if (ifAvailable && this.queue.length) return callback(null);
    this.queue.push(lock);
    try {
      if (this.queue[0] !== lock) this.waited++;
      while (this.queue[0] !== lock) {
        await new Promise<void>((resolve, reject) => {
          this.free.push(resolve);
          signal?.addEventListener('abort', () => reject(signal.reason));
        });
      }
      return await callback(lock);
    } finally {
      this.queue.splice(this.queue.indexOf(lock), 1);
      for (const wake of this.free.splice(0)) wake();
    }
  };

  /** Takes the lock as a frozen tab does: for good. */
  freeze(): void {
    this.queue.unshift({});
  }
}

/** Makes this process a page of `https://api.example`; undone by `vi.unstubAllGlobals`. Without `locks`, in a browser that has none. */
export function fakePage(locks?: unknown, base = 'https://api.example/page'): void {
  vi.stubGlobal('location', { href: 'https://api.example/page' });
  vi.stubGlobal('navigator', { locks });
  vi.stubGlobal(
    'Request',
    // As a browser's: relative to the base of the document.
    class extends NodeRequest {
      constructor(input: RequestInfo | URL, init?: RequestInit) {
        super(typeof input === 'string' ? new URL(input, base) : input, init);
      }
    },
  );
}

const NodeRequest = globalThis.Request;
