/** Which targets the healer has given up on: it closed them as often as it may, and they are sick again. Pure. */

import type { Healer } from "@kintsugi/config/model";
import type { HealerRun } from "@kintsugi/events/runs";
import type { TargetState } from "./heal-store.ts";

type Policy = Pick<Healer, "limits" | "verify">;

/** A target that was given up on is told of until it is released, or no run has found it sick for a day. @param sick those of this run */
export function givenUp(states: Iterable<TargetState>, policy: Policy, sick: ReadonlySet<string>, nowMs: number): HealerRun["told"] {
  return [...states]
    .filter((state) => state.attempts >= policy.limits.perTarget && isSickAgain(state, policy, sick, nowMs))
    .map(({ target, attempts }) => ({
      target,
      reason: "limit-per-target",
      text: `${target} was healed ${attempts} times and is sick again: the healer gives up, find out who undoes it`,
    }));
}

/** Three heals of which the last one holds are no reason to call anybody; being found sick after the last one is. */
function isSickAgain(
  { target, lastActMs, lastSickMs }: TargetState,
  { verify }: Policy,
  sick: ReadonlySet<string>,
  nowMs: number,
): boolean {
  if (lastActMs !== undefined && nowMs - lastActMs < verify.afterMs) return false;
  return sick.has(target) || (lastActMs !== undefined && lastSickMs > lastActMs);
}
