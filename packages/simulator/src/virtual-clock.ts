/** A clock that stands still until it is set; whoever sleeps on it wakes when it gets there. */

import type { Clock } from "@kintsugi/ports/ports";

export type VirtualClock = Clock & {
  /** Resolves once the clock has been set to now + ms or later. */
  sleep(ms: number): Promise<void>;
  set(ms: number): void;
  /** The earliest time at which somebody wants to wake. */
  nextWake(): number | undefined;
  /** Wakes all whose time has come; returns how many. */
  wake(): number;
};

export function virtualClock(startMs: number): VirtualClock {
  let nowMs = startMs;
  let sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];
  return {
    now: () => nowMs,
    sleep: (ms) => new Promise((resolve) => void sleepers.push({ atMs: nowMs + ms, wake: resolve })),
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
