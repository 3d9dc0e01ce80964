/** Decides what a batch needs. Pure: the caller supplies time. */

import type { Healer } from "@kintsugi/config/healer";
import { type Batch, isNameable } from "./batch.ts";

export type BatchDecision =
  | { readonly action: "none"; readonly reason: "done" | "not-stalled" }
  | { readonly action: "close"; readonly reason: "settled" }
  /** Needs a person. */
  | { readonly action: "escalate"; readonly reason: "time-ahead" | "too-old" | "never-started" | "below-share"; readonly text: string };

type Policy = Pick<Healer, "stalledAfterMs" | "completeAt" | "maxAgeMs">;

/** A clock may be ahead by so much; a time further ahead is a mistake. */
const MAX_AHEAD_MS = 24 * 3_600_000;

export function decideBatch(batch: Batch, policy: Policy, nowMs: number): BatchDecision {
  const { target, settled, expected, share, createdMs, updatedMs } = batch;
  if (batch.isDone) return { action: "none", reason: "done" };
  const aheadMs = Math.max(createdMs, updatedMs);
  if (aheadMs - nowMs > MAX_AHEAD_MS) {
    const text = `${target} says ${new Date(aheadMs).toISOString()}, which is more than a day ahead: mend its times, or the clock that wrote them`;
    return { action: "escalate", reason: "time-ahead", text };
  }
  if (nowMs - updatedMs < policy.stalledAfterMs) return { action: "none", reason: "not-stalled" };
  if (nowMs - createdMs > policy.maxAgeMs) {
    const text = `${target} is ${hours(nowMs - createdMs)} old and not done (${settled} of ${expected} settled): close it by hand, or delete it`;
    return { action: "escalate", reason: "too-old", text };
  }
  if (settled === 0)
    return {
      action: "escalate",
      reason: "never-started",
      text: `${target} never started (0 of ${expected}): look at who should work on it`,
    };
  if (share < policy.completeAt) {
    const text = `${target} is ${percent(share)} settled (${settled} of ${expected}), below ${percent(policy.completeAt)}: look at the workers`;
    return { action: "escalate", reason: "below-share", text };
  }
  return { action: "close", reason: "settled" };
}

/** What the healer writes into the batch, and what people read. */
export function describeClose(batch: Batch, nowMs: number): string {
  return `${describeMembers(batch)}, idle ${Math.floor((nowMs - batch.updatedMs) / 60_000)} min`;
}

/** `119 done + 15 skipped + 2 missing of 136`. */
export function describeMembers(batch: Batch): string {
  const skips = Object.values(batch.skipped).reduce((total, count) => total + count, 0);
  const missing = Math.max(0, batch.expected - batch.settled);
  const parts = [`${batch.completed} done`, ...(skips > 0 ? [`${skips} skipped`] : []), ...(missing > 0 ? [`${missing} missing`] : [])];
  return `${parts.join(" + ")} of ${batch.expected}`;
}

/** The cause by which repairs add up: the most frequent skip reason, or members that never reported. */
export function causeOf(batch: Batch): { readonly code: string; readonly parameters: Readonly<Record<string, number>> } {
  const missing = Math.max(0, batch.expected - batch.settled);
  const [top] = Object.entries(batch.skipped).sort(([a, x], [b, y]) => y - x || a.localeCompare(b));
  if (top !== undefined && top[1] >= missing)
    return { code: isNameable(top[0]) ? top[0] : "unnameable_reason", parameters: { skipped: top[1], missing } };
  if (missing > 0) return { code: "members_missing", parameters: { missing } };
  return { code: "completion_not_recorded", parameters: {} };
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 1_000) / 10} %`;
}

function hours(ms: number): string {
  return `${Math.floor(ms / 3_600_000)} h`;
}
