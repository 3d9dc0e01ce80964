/** Topic healing: every repair, asked for and done. */

import { z } from "zod";
import { Count, Id, JsonRecord, Time } from "./fields.ts";

export const Outcome = z.enum(["effective", "ineffective", "refused", "errored", "inconclusive"]);
export type Outcome = z.infer<typeof Outcome>;

/** A code or template fingerprint with its parameters, so that causes aggregate. */
export const Cause = z.object({ code: Id, parameters: JsonRecord.optional() });
export type Cause = z.infer<typeof Cause>;

/** `manual`: a person did it, or applied what was proposed. */
export const HealMode = z.enum(["auto", "propose", "shadow", "manual"]);

export const HealingRequested = z.object({
  healing_id: Id,
  healing_type: Id,
  target: Id,
  trigger_reason: z.string(),
  cause: Cause.default({ code: "unknown" }),
  attempt: Count.min(1).default(1),
  mode: HealMode.default("auto"),
  actor: Id.default("unknown"),
  before_state: JsonRecord.default({}),
});
export type HealingRequested = z.infer<typeof HealingRequested>;

/** The nine fields of the reference schema come first. What a user leaves out is filled by `fillData` before this is checked. */
export const HealingCompleted = z
  .object({
    healing_id: Id,
    timestamp: Time,
    healing_type: Id,
    trigger_reason: z.string().default(""),
    action_taken: z.string().default(""),
    before_state: JsonRecord.default({}),
    after_state: JsonRecord.default({}),
    success: z.boolean(),
    metadata: JsonRecord.default({}),
    target: Id,
    cause: Cause.default({ code: "unknown" }),
    outcome: Outcome.default("effective"),
    attempt: Count.min(1).default(1),
    mode: HealMode.default("auto"),
    actor: Id.default("unknown"),
    correlation_id: Id.optional(),
    causation_id: Id.optional(),
    hop_count: Count.default(0),
    duration_seconds: z.number().nonnegative().optional(),
    verified_at: Time.optional(),
  })
  .refine((heal) => heal.success === (heal.outcome === "effective"), {
    message: "success must say the same as outcome (true only for effective)",
    path: ["success"],
  });
export type HealingCompleted = z.infer<typeof HealingCompleted>;
