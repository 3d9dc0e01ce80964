/** How far a healer may go: a healer that repeats without changing anything stops and says so. Pure. */

import type { Healer } from "@kintsugi/config/model";

/** What the healer remembers of a target. */
export type TargetHistory = { readonly attempts: number; readonly lastActMs?: number | undefined };

export type LimitDecision =
  | { readonly action: "act" }
  | { readonly action: "refuse"; readonly reason: "cooldown" | "per-hour" }
  | { readonly action: "give-up"; readonly reason: "limit-per-target" };

type Limits = Healer["limits"];

/** A blast radius is judged from so many sick ones on; fewer may be chance. */
const MIN_SICK = 10;

/** @param actsInLastHour over all targets */
export function decideLimit(history: TargetHistory, limits: Limits, actsInLastHour: number, nowMs: number): LimitDecision {
  if (history.attempts >= limits.perTarget) return { action: "give-up", reason: "limit-per-target" };
  if (history.lastActMs !== undefined && nowMs - history.lastActMs < limits.cooldownMs) return { action: "refuse", reason: "cooldown" };
  if (actsInLastHour >= limits.perHour) return { action: "refuse", reason: "per-hour" };
  return { action: "act" };
}

/** So much sick at one time is probably not the batches' fault: then nothing is healed. */
export function exceedsBlastRadius(sick: number, considered: number, limits: Limits): boolean {
  return sick >= MIN_SICK && sick > limits.blastRadius * considered;
}
