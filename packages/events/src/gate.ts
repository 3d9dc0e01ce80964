/** Topic gate: may this phase start on this data? */

import { z } from "zod";
import { CheckResult } from "./canary.ts";
import { Count, Id, JsonRecord, Severity, Time } from "./fields.ts";
import { Observations } from "./observation.ts";

export const GateStatus = z.enum(["proceed", "proceed_with_warning", "wait", "block"]);
export type GateStatus = z.infer<typeof GateStatus>;

/** `actor` is the verified identity where there is one; `claimed` is the name that was given, where it is another. */
const Said = { actor: z.string(), claimed: z.string().optional(), reason: z.string() };

/** The decision as the caller gets it; the first block of fields is what callers read. */
export const GateDecided = z.object({
  status: GateStatus,
  can_proceed: z.boolean(),
  /** 0..1, for people; it decides nothing. */
  quality_score: z.number().min(0).max(1),
  message: z.string(),
  completeness_pct: z.number().min(0).max(100),
  expected_count: Count,
  actual_count: Count,
  missing_items: z.array(z.string()),
  quality_issues: z.array(z.string()),
  quality_metadata: JsonRecord,
  gate: Id,
  day: z.iso.date(),
  consumer: z.string(),
  context: z.enum(["live", "backfill", "override"]),
  /** What the data alone say, before the consumer's meaning or an override. */
  verdict: GateStatus,
  severity: Severity,
  checks: z.array(CheckResult),
  /** Without `expires` it holds for the day until somebody says otherwise. */
  override: z.object({ ...Said, expires: Time.optional() }).optional(),
  /** Entities that can never be there, with the reason, as people have said. */
  waived: z.array(z.object({ entity: z.string(), ...Said })).default([]),
  observations: Observations,
});
export type GateDecided = z.infer<typeof GateDecided>;
