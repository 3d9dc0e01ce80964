/** The outcome of a heal, from reading the world again: the symptom that triggered it must be gone. Pure. */

import type { Outcome } from "@kintsugi/events/healing";

/** What was seen when the target was read again; `doubt` is what speaks against the heal, though the batch is done. */
export type Evidence =
  | { readonly kind: "read"; readonly isDone: boolean; readonly doubt?: string | undefined }
  | { readonly kind: "gone" }
  /** `isLasting`: another look will fail the same way. */
  | { readonly kind: "not-readable"; readonly reason: string; readonly isLasting: boolean };

export type Proof =
  | { readonly outcome: Exclude<Outcome, "refused" | "errored">; readonly reason: string }
  | { readonly outcome: "pending"; readonly reason: string };

/** So long a heal may wait for somebody who can look. */
const GIVE_UP_MS = 24 * 3_600_000;

export function proveHeal(evidence: Evidence, sinceActMs: number): Proof {
  switch (evidence.kind) {
    case "not-readable":
      return { outcome: evidence.isLasting || sinceActMs >= GIVE_UP_MS ? "inconclusive" : "pending", reason: evidence.reason };
    case "gone":
      return { outcome: "ineffective", reason: "the batch is gone" };
    case "read":
      if (!evidence.isDone) return { outcome: "ineffective", reason: "the batch is not done any more" };
      if (evidence.doubt !== undefined) return { outcome: "ineffective", reason: evidence.doubt };
      return { outcome: "effective", reason: "the batch is still done" };
  }
}
