/** Targets that need a person because of what was done to them: given up on, or healed without effect. Pure. */

import type { Healer } from "@kintsugi/config/healer";
import { type Escalation, headlineOf, inShort, nextOf, sayFailed, timeOf } from "./escalation.ts";
import type { FailedHeal, TargetState } from "./heal-store.ts";

export type LookedAt = {
  /** Targets that this run has found stalled. */
  readonly stalled: ReadonlySet<string>;
  /** Targets whose last heal waits for its proof. */
  readonly pending: ReadonlySet<string>;
  readonly nowMs: number;
};

export function troubleOf(state: TargetState, healer: Healer, lookedAt: LookedAt): Escalation | undefined {
  if (state.attempts >= healer.limits.perTarget && isStalledAgain(state, healer, lookedAt)) return givenUp(state, healer);
  return state.failed === undefined ? undefined : notHelped(state, state.failed, healer, lookedAt);
}

/** The last of three heals may have succeeded: only a target that was found stalled after it calls for a person. */
function isStalledAgain(
  { target, lastActMs, lastStalledMs }: TargetState,
  { verify }: Pick<Healer, "verify">,
  { stalled, nowMs }: LookedAt,
): boolean {
  if (lastActMs !== undefined && nowMs - lastActMs < verify.afterMs) return false;
  return stalled.has(target) || (lastActMs !== undefined && lastStalledMs > lastActMs);
}

function givenUp({ target, attempts, failed }: TargetState, healer: Healer): Escalation {
  const text = `${target} was healed ${attempts} times and is stalled again: the healer gives up, find out who undoes it`;
  return {
    target,
    reason: "limit-per-target",
    headline: `healed ${attempts} times in vain`,
    facts: [inShort(text), ...(failed === undefined ? [] : [sayFailed(failed)])],
    next: nextOf(target, healer, true),
  };
}

function notHelped(
  { target, attempts }: TargetState,
  { outcome, proof, attempt, actedMs }: FailedHeal,
  healer: Healer,
  { pending }: LookedAt,
): Escalation {
  const isUnproved = outcome === "inconclusive";
  const most = healer.limits.perTarget;
  const isTriedAgain = pending.has(target) && attempts > attempt;
  return {
    target,
    reason: "not-helped",
    headline: isUnproved ? "its heal could not be proved" : headlineOf("not-helped"),
    facts: [
      inShort(`the heal of ${target} ${isUnproved ? "could not be proved" : "did not help"}: ${proof}`),
      `heal ${attempt}, closed ${timeOf(actedMs)}: ${outcome}`,
      isTriedAgain
        ? `tried again: heal ${attempts} of at most ${most} waits for its proof`
        : `${attempts} of at most ${most} heals are used up`,
    ],
    next: nextOf(target, healer, true),
  };
}
