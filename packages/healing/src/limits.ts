/** How far a healer may go: a healer that repeats without changing anything stops and says so. Pure. */

import type { Healer } from "@kintsugi/config/healer";

/** What the healer remembers of a target. */
export type TargetHistory = { readonly attempts: number; readonly lastActMs?: number | undefined };

export type LimitDecision =
  | { readonly action: "act" }
  /** Not now. */
  | { readonly action: "wait"; readonly reason: "paused" | "cooldown" | "per-hour" }
  | { readonly action: "give-up"; readonly reason: "limit-per-target" };

/** `actsInLastHour` over all targets; `isPaused` by a person. */
export type LimitFacts = { readonly actsInLastHour: number; readonly isPaused: boolean; readonly nowMs: number };

type Limits = Healer["limits"];

/** A blast radius is judged from so many stalled ones on; fewer may be chance. */
const MIN_STALLED = 10;

/** A pause does not hide that the healer has given up: a person is needed all the same. */
export function decideLimit(history: TargetHistory, limits: Limits, { actsInLastHour, isPaused, nowMs }: LimitFacts): LimitDecision {
  if (history.attempts >= limits.perTarget) return { action: "give-up", reason: "limit-per-target" };
  if (isPaused) return { action: "wait", reason: "paused" };
  if (history.lastActMs !== undefined && nowMs - history.lastActMs < limits.cooldownMs) return { action: "wait", reason: "cooldown" };
  if (actsInLastHour >= limits.perHour) return { action: "wait", reason: "per-hour" };
  return { action: "act" };
}

/** So much stalled at one time is probably not the batches' fault: then nothing is healed. */
export function exceedsBlastRadius(stalled: number, considered: number, limits: Limits): boolean {
  return stalled >= MIN_STALLED && stalled > limits.blastRadius * considered;
}
