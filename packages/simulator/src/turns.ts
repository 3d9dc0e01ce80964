/** Lets the calls of two instances come back one at a time, in an order from the seed, so that what they do to each other repeats. */

export type Turns = {
  /** Resolves when it is the caller's turn. */
  wait(): Promise<void>;
  /** Gives one of those who wait its turn; false when nobody waits. */
  next(): boolean;
};

/** @param random uniform in [0, 1) */
export function turns(random: () => number): Turns {
  const waiting: (() => void)[] = [];
  return {
    wait: () => new Promise((resolve) => void waiting.push(resolve)),
    next() {
      const [go] = waiting.splice(Math.floor(random() * waiting.length), 1);
      go?.();
      return go !== undefined;
    },
  };
}
