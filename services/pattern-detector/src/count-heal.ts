/** Counts an act in the windows of all patterns, and judges the patterns by them. */

import type { Pattern } from "@kintsugi/config/model";
import type { EventOf } from "@kintsugi/events/event";
import type { Observation } from "@kintsugi/events/observation";
import { patternFinding, patternHolds } from "./decide-pattern.ts";
import type { Detection } from "./detection.ts";
import { SELF } from "./silence.ts";
import type { Window } from "./windows.ts";

/** Refusals, proposals and shadow runs are in the ledger and in no count. */
export async function countHeal(detection: Detection, heal: EventOf<"healing.completed">): Promise<void> {
  const { outcome, mode } = heal.data;
  if (outcome === "refused" || mode === "propose" || mode === "shadow") return;
  const { config, windows, nowMs } = detection;
  const counted = await windows.add(config.patterns, heal, nowMs);
  const observations = counted.flatMap(({ pattern, window, wasHolding }) => {
    const observation = judgePattern(pattern, window, { eventMs: Date.parse(heal.time), nowMs });
    const isHolding = observation.verdict !== "ok";
    windows.judged(pattern, window.value, isHolding);
    // That all is well, as before, is no news: most events need read no incident.
    return isHolding || wasHolding ? [observation] : [];
  });
  if (observations.length > 0) await detection.observe({ by: SELF, observations, atMs: nowMs });
}

/** Events may come in any order; the newest tells when the condition began to hold. */
export function judgePattern(pattern: Pattern, window: Window, { eventMs, nowMs }: { eventMs: number; nowMs: number }): Observation {
  const subject = { kind: "pattern", pattern: pattern.name, value: window.value } as const;
  if (!patternHolds(pattern, window)) return { subject, verdict: "ok" };
  const newestMs = Math.max(0, eventMs, ...window.recent.map(({ timeMs }) => timeMs));
  return { ...patternFinding(pattern, window), since: new Date(Math.min(newestMs, nowMs)).toISOString() };
}
