/** Topic canary: the data of every phase, against expectations; one event per run. */

import { z } from "zod";
import { Id, Severity, Time, Verdict } from "./fields.ts";

export const MetricResult = z.object({
  name: Id,
  /** `warn` is recorded and shown; it opens nothing. */
  verdict: z.enum(["ok", "warn", "finding", "unknown", "not_applicable"]),
  /** The number that was seen; null where the warehouse had none. Ratios 0..1, ages in seconds. */
  actual: z.number().nullable(),
  /** The condition that decided, with `expected` filled in, for people. */
  expected: z.string().optional(),
  reason: z.string().optional(),
  /** Entities that fail by themselves, by name; at most 50. `missing` has no row, `thin` has some, and their number is not as it should be. */
  entities: z.array(z.object({ id: z.string(), actual: z.number(), state: z.enum(["missing", "thin"]) })).optional(),
  /** Rows that a finding is about; values of masked columns are `***`. */
  samples: z.array(z.record(z.string(), z.string().nullable())).max(5).optional(),
});
export type MetricResult = z.infer<typeof MetricResult>;

export const CheckResult = z.object({
  phase: Id,
  check: Id,
  /** The business day that was looked at. */
  day: z.iso.date().optional(),
  verdict: Verdict,
  reason: z.string().optional(),
  severity: Severity,
  /** On trial: never an incident. */
  observed: z.literal(true).optional(),
  /** Listed in the calendar and due. */
  expected: z.number().optional(),
  metrics: z.array(MetricResult),
});
export type CheckResult = z.infer<typeof CheckResult>;

export const CanaryEvaluated = z.object({
  due: Time,
  checks: z.array(CheckResult),
  /** Bytes billed by this run's queries, and what they cost. */
  bytes: z.number().nonnegative(),
  dollars: z.number().nonnegative(),
});
export type CanaryEvaluated = z.infer<typeof CanaryEvaluated>;
