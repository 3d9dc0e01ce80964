/** A clock that stands still until it is set; whoever sleeps on it wakes when it gets there. */

import { LATE, type Within } from "@kintsugi/function-kit/within";
import type { Clock } from "@kintsugi/ports/ports";

export type VirtualClock = Clock & {
  /** Resolves once the clock has been set to now + ms or later. */
  sleep(ms: number): Promise<void>;
  /** Waits for an answer until the clock has been set to now + ms or later. */
  readonly within: Within;
  set(ms: number): void;
  /** The earliest time at which somebody wants to wake. */
  nextWake(): number | undefined;
  /** Wakes all whose time has come; returns how many. */
  wake(): number;
};

type Sleeper = { readonly atMs: number; readonly wake: () => void };

export function virtualClock(startMs: number): VirtualClock {
  let nowMs = startMs;
  let sleepers: readonly Sleeper[] = [];
  const sleepUntil = (atMs: number, wake: () => void): Sleeper => {
    const sleeper = { atMs, wake };
    sleepers = [...sleepers, sleeper];
    return sleeper;
  };

  const within: Within = async (work, ms, onLateFailure) => {
    let sleeper: Sleeper | undefined;
    const late = new Promise<typeof LATE>((resolve) => void (sleeper = sleepUntil(nowMs + ms, () => resolve(LATE))));
    try {
      const first = await Promise.race([work, late]);
      if (first === LATE) work.catch(onLateFailure);
      return first;
    } finally {
      sleepers = sleepers.filter((other) => other !== sleeper);
    }
  };

  return {
    now: () => nowMs,
    sleep: (ms) => new Promise((resolve) => void sleepUntil(nowMs + ms, resolve)),
    within,
    set: (ms) => void (nowMs = Math.max(nowMs, ms)),
    nextWake: () => (sleepers.length === 0 ? undefined : Math.min(...sleepers.map(({ atMs }) => atMs))),
    wake() {
      const due = sleepers.filter(({ atMs }) => atMs <= nowMs);
      sleepers = sleepers.filter(({ atMs }) => atMs > nowMs);
      for (const sleeper of due) sleeper.wake();
      return due.length;
    },
  };
}
