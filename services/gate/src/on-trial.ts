/** What a gate makes of checks on trial: they warn, and hold nothing back. Pure. */

import type { Judged } from "@kintsugi/checks/evaluate";
import type { CheckResult } from "@kintsugi/events/canary";

export function withoutVeto(judged: readonly Judged[]): readonly Judged[] {
  return judged.map(({ fault, ...one }) =>
    one.result.observed === true ? { ...one, result: warning(one.result) } : { ...one, ...(fault === undefined ? {} : { fault }) },
  );
}

function warning(result: CheckResult): CheckResult {
  if (result.verdict !== "finding" && result.verdict !== "unknown") return result;
  const metrics = result.metrics.map((metric) =>
    metric.verdict === "finding" || metric.verdict === "unknown" ? { ...metric, verdict: "warn" as const } : metric,
  );
  return { ...result, verdict: "ok", metrics };
}
