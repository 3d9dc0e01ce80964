/** Knows when no port call is under way, so that the virtual clock may move on. */

export type CallCounter = {
  enter(): void;
  leave(): void;
  /** Resolves when no call is under way and all that hung on finished calls has run. */
  quiet(): Promise<void>;
};

export function callCounter(): CallCounter {
  let underWay = 0;
  let changes = 0;
  let waiting: (() => void)[] = [];
  const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
  return {
    enter() {
      underWay++;
      changes++;
    },
    leave() {
      underWay--;
      if (underWay > 0) return;
      for (const wake of waiting) wake();
      waiting = [];
    },
    async quiet() {
      for (;;) {
        if (underWay > 0) await new Promise<void>((resolve) => void waiting.push(resolve));
        const before = changes;
        await turn();
        if (underWay === 0 && changes === before) return;
      }
    },
  };
}
