/** Topic drift: what serves, against what was committed; one event per run. */

import { z } from "zod";
import { Count, Id, Severity, Time, Verdict } from "./fields.ts";

export const ServiceDrift = z.object({
  service: Id,
  verdict: Verdict,
  /** One word per branch of the decision, for logs, messages and counting. */
  reason: Id,
  text: z.string(),
  severity: Severity,
  serving: z.array(
    z.object({ revision: z.string(), commit: z.string(), traffic: z.number(), deployed: z.string().optional(), by: z.string().optional() }),
  ),
  /** The newest first; at most 20 are listed. `arrived`: when it came to the branch. */
  undeployed: z.array(z.object({ sha: z.string(), message: z.string(), author: z.string().optional(), arrived: Time })),
  undeployed_count: Count,
  /** Age of the oldest undeployed change. */
  age_seconds: z.number().optional(),
  settings: z.array(z.object({ name: z.string(), expected: z.json(), actual: z.json() })),
  /** The command that deploys it: shown, never run. */
  command: z.string().optional(),
});
export type ServiceDrift = z.infer<typeof ServiceDrift>;

export const DriftEvaluated = z.object({
  due: Time,
  services: z.array(ServiceDrift),
  /** Services that take traffic and stand in no configuration. */
  unwatched: z.array(z.string()).default([]),
});
export type DriftEvaluated = z.infer<typeof DriftEvaluated>;
