/** Lets the virtual time of a test pass, but only while nothing else can go on. */

import { setImmediate as turn } from "node:timers/promises";
import { callCounter } from "@kintsugi/simulator/call-counter";
import type { VirtualClock } from "@kintsugi/simulator/virtual-clock";

const TURNS = 30;

/** What is done in this process alone is done within some turns of its loop. */
export async function turns(): Promise<void> {
  for (let count = 0; count < TURNS; count++) await turn();
}

export type RealCalls = {
  /** The same function, whose calls take real time. */
  counted<Given extends readonly unknown[], Result>(call: (...given: Given) => Promise<Result>): (...given: Given) => Promise<Result>;
  /** Resolves when none is under way, nor follows at once. */
  settled(): Promise<void>;
};

export function realCalls(): RealCalls {
  const calls = callCounter();
  return {
    counted:
      (call) =>
      async (...given) => {
        calls.enter();
        return await call(...given).finally(calls.leave);
      },
    async settled() {
      for (let round = 0; round < 3; round++) {
        await turns();
        await calls.quiet();
      }
    },
  };
}

/** Resolves with the work, and lets the clock go on to whatever is slept for until then. */
export async function passTime<T>(clock: VirtualClock, work: Promise<T>, settle: () => Promise<void> = turns): Promise<T> {
  let isDone = false;
  const done = work.finally(() => void (isDone = true));
  const ended = done.then(
    () => {},
    () => {},
  );
  for (;;) {
    await Promise.race([settle(), ended]);
    if (isDone) return await done;
    const next = clock.nextWake();
    if (next === undefined) continue;
    clock.set(next);
    clock.wake();
  }
}
