/** Whether a run could look: not where it could look at no service, nor where the branch that all services share cannot be read. Pure. */

import type { RunOutcome } from "@kintsugi/function-kit/declaration";
import type { DriftJudgement } from "./decide-drift.ts";
import type { Tip } from "./look-at-service.ts";

export function runVerdict(judgements: readonly DriftJudgement[], tip: Tip): Pick<RunOutcome, "verdict" | "reason" | "cause"> {
  const unknowns = judgements.filter((judgement) => judgement.verdict === "unknown");
  const withoutBranch = "failure" in tip ? unknowns.find(({ reason }) => reason === "history-unreadable") : undefined;
  const told = withoutBranch ?? (unknowns.length === judgements.length ? unknowns[0] : undefined);
  if (told === undefined) return { verdict: "ok" };
  return { verdict: "unknown", reason: told.text, ...(told.cause === undefined ? {} : { cause: told.cause }) };
}
