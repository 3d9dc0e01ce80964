/** Topic gate: may this phase start on this data? */

import { z } from "zod";
import { CheckResult } from "./canary.ts";
import { Count, Id, JsonRecord, Severity, Time } from "./fields.ts";

export const GateStatus = z.enum(["proceed", "proceed_with_warning", "wait", "block"]);
export type GateStatus = z.infer<typeof GateStatus>;

/** The decision as the caller gets it; the first block of fields is that of the reference. */
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
  override: z.object({ actor: z.string(), reason: z.string(), expires: Time }).optional(),
});
export type GateDecided = z.infer<typeof GateDecided>;
