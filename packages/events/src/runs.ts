/** Topic runs: every scheduled function leaves a trace of every run, so that silence can be noticed. */

import { z } from "zod";
import { Count, Id, Time } from "./fields.ts";

/** What one healer did in one run of cleanup. */
export const HealerRun = z.object({
  healer: Id,
  verdict: z.enum(["ok", "unknown"]),
  reason: z.string().optional(),
  considered: Count,
  sick: Count,
  pending: Count,
  /** Acted on in this run; the proof comes in a later one. */
  closed: z.array(z.object({ target: Id, healing_id: Id })),
  /** Needs a person; told once per target, for as long as it stands here. */
  told: z.array(z.object({ target: Id, reason: Id, text: z.string() })),
  /** Sick, and left alone for now by a limit. */
  refused: z.array(z.object({ target: Id, reason: Id })),
});
export type HealerRun = z.infer<typeof HealerRun>;

export const RunCompleted = z.object({
  function: Id,
  due: Time,
  started: Time,
  verdict: z.enum(["ok", "unknown", "not_applicable"]),
  reason: z.string().optional(),
  counts: z.record(z.string(), z.number()).default({}),
  healers: z.array(HealerRun).optional(),
});
export type RunCompleted = z.infer<typeof RunCompleted>;
