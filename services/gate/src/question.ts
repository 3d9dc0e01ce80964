/** What a caller asks of a gate. Pure. */

import type { Check, Config } from "@kintsugi/config/model";
import { dayBefore } from "@kintsugi/checks/business-day";
import type { Caller } from "@kintsugi/function-kit/declaration";
import { nameActor } from "@kintsugi/function-kit/http-callers";
import { z } from "zod";

const Form = z.strictObject({
  day: z.iso.date().optional(),
  consumer: z.string().max(256).default("unknown"),
  context: z.enum(["live", "backfill", "override"]).default("live"),
  actor: z.string().min(1).optional(),
  reason: z.string().min(1).optional(),
  expires: z.iso.datetime({ offset: true }).optional(),
});

export type Question = Pick<z.infer<typeof Form>, "day" | "consumer" | "context"> & {
  /** Of a question in context `override`. */
  readonly override?: ReturnType<typeof nameActor> & { readonly reason: string; readonly expires: string };
};

/**
 * @param caller who is known to ask: what a question says of its actor is a claim
 * @returns why it cannot be answered, where it cannot
 */
export function parseQuestion(body: unknown, nowMs: number, caller?: Caller): Question | { readonly fault: string } {
  const parsed = Form.safeParse(body);
  if (!parsed.success)
    return { fault: parsed.error.issues.map((issue) => `${issue.path.join(".") || "the body"}: ${issue.message}`).join("; ") };
  const { actor, reason, expires, ...question } = parsed.data;
  if (question.context !== "override") return question;
  if (actor === undefined || reason === undefined || expires === undefined) return { fault: "an override needs actor, reason and expires" };
  if (Date.parse(expires) <= nowMs) return { fault: `the override expired at ${expires}` };
  return { ...question, override: { ...nameActor(actor, caller), reason, expires } };
}

/** The day of the decision where the question names none: that of the first check that is about days. */
export function dayOf({ timezone }: Pick<Config, "timezone">, checks: readonly Check[], nowMs: number): string {
  const [first] = checks.flatMap(({ on }) => (on === "any" ? [] : [on]));
  return dayBefore(nowMs, timezone, first?.daysAgo ?? 1);
}
