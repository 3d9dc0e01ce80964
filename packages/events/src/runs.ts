/** Topic runs: every scheduled function leaves a trace of every run, so that silence can be noticed. */

import { z } from "zod";
import { Count, Id, Time } from "./fields.ts";
import { Observations } from "./observation.ts";
import { Scope } from "./subject.ts";

/** What one healer did in one run of cleanup. */
export const HealerRun = z.object({
  healer: Id,
  verdict: z.enum(["ok", "unknown"]),
  reason: z.string().optional(),
  considered: Count,
  stalled: Count,
  pending: Count,
  /** Acted on in this run; the proof comes in a later one. */
  closed: z.array(z.object({ target: Id, healing_id: Id })),
  /** Needs a person. */
  escalated: z.array(z.object({ target: Id, reason: Id, text: z.string() })),
  /** Stalled, and left alone for now by a limit, a pause or a missing approval. */
  limited: z.array(z.object({ target: Id, reason: Id })),
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
  /** Of the function itself first, then of what it looked at: applied together. */
  observations: Observations,
  /** Groups of which every subject that is not well stands among the observations. */
  complete: z.array(Scope).default([]),
});
export type RunCompleted = z.infer<typeof RunCompleted>;
