/** What a run says of the function itself: whether it could look. Pure. */

import type { Observation } from "@kintsugi/events/observation";
import { shorten } from "@kintsugi/events/shorten";
import type { FunctionDeclaration, RunOutcome } from "./declaration.ts";

const MAX_REASON = 500;

export function selfObservation(
  { name, channel }: Pick<FunctionDeclaration, "name" | "channel">,
  { verdict, reason = "no reason is known", cause, isIdle = false }: Pick<RunOutcome, "verdict" | "reason" | "cause" | "isIdle">,
): Observation {
  const subject = { kind: "function", function: name } as const;
  switch (verdict) {
    case "ok":
      return isIdle ? { subject, verdict: "not_applicable", reason: "nothing to look at" } : { subject, verdict };
    case "not_applicable":
      return { subject, verdict, reason };
    case "unknown":
      return {
        subject,
        verdict,
        severity: "yellow",
        title: `${name} cannot look at anything`,
        facts: [shorten(reason, MAX_REASON), "this says nothing about whether all is well"],
        next: [`kintsugi why unknown:${name}`],
        channel,
        ...(cause === undefined ? {} : { cause }),
      };
  }
}
