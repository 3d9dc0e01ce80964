/** What is remembered of a target after a look at its heal: one that did not help stays until it holds, a person releases it, or a day has passed. Pure. */

import type { Proof } from "@kintsugi/healing/prove";
import { isForgotten, type ProvedHeal, type Remembered } from "./heal-store.ts";

/** After a proof; undefined where nothing changes. A target that was released since it was healed starts with no attempts. */
export function withProof(remembered: Remembered | undefined, heal: ProvedHeal, nowMs: number): Remembered | undefined {
  const { healer, target, healingId, attempt, actedMs, failedBefore, proof } = heal;
  if (proof.outcome === "effective") return remembered?.state.failed === undefined ? undefined : withoutFailed(remembered);
  const failed = { outcome: proof.outcome, proof: proof.reason, healingId, attempt, actedMs, failedBefore };
  // A proof that nobody could make for a day is told all the same.
  const isKnown = remembered !== undefined && !isForgotten(remembered.state, nowMs);
  const state = isKnown ? remembered.state : { healer, target, attempts: 0, lastActMs: actedMs, lastStalledMs: nowMs };
  return { ...remembered, state: { ...state, failed } };
}

/** After a later look; undefined where nothing changes. A look that was not possible says nothing. */
export function withLook(remembered: Remembered, { outcome, reason }: Proof): Remembered | undefined {
  const { state } = remembered;
  if (state.failed === undefined || outcome === "pending") return undefined;
  if (outcome === "effective") return withoutFailed(remembered);
  if (state.failed.outcome === outcome && state.failed.proof === reason) return undefined;
  return { ...remembered, state: { ...state, failed: { ...state.failed, outcome, proof: reason } } };
}

function withoutFailed({ state: { failed: _failed, ...state }, ...remembered }: Remembered): Remembered {
  return { ...remembered, state };
}
