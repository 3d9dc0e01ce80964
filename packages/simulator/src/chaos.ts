/** What the bus, the stores and the processes do to a delivery meanwhile, from the seed. docs/reference/scenarios.md says what ends it. */

import { backoffMs } from "@kintsugi/local/engine";
import { z } from "zod";

export const Chaos = z.enum(["none", "redeliver", "reorder", "crash", "storm"]);
export type Chaos = z.infer<typeof Chaos>;

/** How the calls of who works on a delivery go wrong. */
export const Hindrance = z.enum(["hang", "denied", "partial", "publish-transient", "publish-permanent", "publish-needs-human"]);
export type Hindrance = z.infer<typeof Hindrance>;

export type ChaosPlan = {
  /** When the copies of one message reach one subscription: delays in ms, one per copy. */
  delays(): readonly number[];
  /** Whether the process dies at this port call. */
  crashes(): boolean;
  /** How this port call goes wrong, with what follows. @param attempt of the delivery, which comes back later the higher it is */
  hinders(attempt: number): Hindrance | undefined;
  /** How many instances of a function work at once. */
  instances(): 1 | 2;
};

/** Three deliveries follow from each other until somebody is told: with what hinders them, all is done within 30 s. */
const MAX_DELAY_MS = { reorder: 8_000, storm: 4_000 } as const;
const WITHIN_MS = 30_000;
/** One call that hangs until its deadline, and what comes back after a pause. */
const MAX_HUNG_MS = 10_000;
const MAX_PAUSED_MS = 5_000;

const DUPLICATE_RATIO = 0.5;
const CRASH_RATIO = 0.03;
const HINDRANCE_RATIO = 0.1;
const TWICE_RATIO = 0.3;
/** A process that has just died gets through so many calls at least, so that the story goes on. */
const CALLS_BETWEEN_CRASHES = 40;

/** @param random uniform in [0, 1). @param now of the stage */
export function chaosPlan(chaos: Chaos, random: () => number, now: () => number): ChaosPlan {
  const maxDelayMs = chaos === "reorder" || chaos === "storm" ? MAX_DELAY_MS[chaos] : 0;
  const duplicates = chaos === "redeliver" || chaos === "storm";
  const crashes = chaos === "crash" || chaos === "storm";
  const hung = lostTime(now, MAX_HUNG_MS);
  const paused = lostTime(now, MAX_PAUSED_MS);
  let callsSinceCrash = 0;
  return {
    delays() {
      if (chaos === "none") return [0];
      const copies = duplicates && random() < DUPLICATE_RATIO ? 2 : 1;
      const delay = (): number => Math.floor(random() * maxDelayMs);
      const later = (): number => 1 + Math.floor(random() * (maxDelayMs || MAX_DELAY_MS.reorder));
      return Array.from({ length: copies }, (_, copy) => delay() + (copy === 0 ? 0 : later()));
    },
    crashes() {
      if (!crashes || ++callsSinceCrash < CALLS_BETWEEN_CRASHES || random() >= CRASH_RATIO) return false;
      callsSinceCrash = 0;
      return true;
    },
    hinders(attempt) {
      if (chaos !== "storm" || random() >= HINDRANCE_RATIO) return undefined;
      const hindrance = Hindrance.options[Math.floor(random() * Hindrance.options.length)]!;
      const [hangMs, pauseMs] = [hindrance === "hang" ? MAX_HUNG_MS : 0, backoffMs(attempt)];
      if (!hung.allows(hangMs) || !paused.allows(pauseMs)) return undefined;
      hung.spend(hangMs);
      paused.spend(pauseMs);
      return hindrance;
    },
    instances: () => (crashes && random() < TWICE_RATIO ? 2 : 1),
  };
}

/** What hindrances cost together, in any 30 s, is bounded. */
function lostTime(now: () => number, maxMs: number): { allows(ms: number): boolean; spend(ms: number): void } {
  let spent: readonly { readonly atMs: number; readonly ms: number }[] = [];
  return {
    allows(ms) {
      spent = spent.filter(({ atMs }) => atMs > now() - WITHIN_MS);
      return spent.reduce((sum, each) => sum + each.ms, ms) <= maxMs;
    },
    spend: (ms) => void (spent = [...spent, { atMs: now(), ms }]),
  };
}
