/** Time that passes at once: nothing waits, and what is due first is done first. */
export interface VirtualTime {
  now(): number;
  sleep(seconds: number): Promise<void>;
  /** Stand in for the global ones, for whoever uses those. */
  readonly setTimeout: (run: () => void, milliseconds: number) => object;
  readonly clearTimeout: (timer: unknown) => void;
  /** Goes on until nothing is due any more. */
  run(): Promise<void>;
}

interface Due {
  readonly at: number;
  readonly run: () => void;
}

export function virtualTime(start: number): VirtualTime {
  let now = start;
  /** The last is due first. */
  const due: Due[] = [];
  const add = (seconds: number, run: () => void): Due => {
    const timer = { at: now + seconds, run };
    let place = due.length;
    while (place > 0 && (due[place - 1] as Due).at <= timer.at) place--;
    due.splice(place, 0, timer);
    return timer;
  };
  return {
    now: () => now,
    sleep: (seconds) => new Promise((resolve) => add(seconds, resolve)),
    setTimeout: (run, milliseconds) => add(milliseconds / 1000, run),
    clearTimeout(timer) {
      const place = due.indexOf(timer as Due);
      if (place >= 0) due.splice(place, 1);
    },
    async run() {
      for (let next = due.pop(); next; next = due.pop()) {
        now = next.at;
        next.run();
        // What follows from it, before anything else is due.
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}
