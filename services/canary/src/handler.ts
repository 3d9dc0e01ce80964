/** On each run: every check of every phase is asked and judged, and the verdicts go out in one event, in phase order. */

import { evaluateChecks } from "@kintsugi/checks/evaluate";
import { dollarsOf } from "@kintsugi/checks/cost";
import { shorterChecks } from "@kintsugi/checks/trim-checks";
import type { CanaryEvaluated, CheckResult } from "@kintsugi/events/canary";
import { fit } from "@kintsugi/events/fit";
import { shorten } from "@kintsugi/events/shorten";
import type { Dependencies, Run, RunOutcome } from "@kintsugi/function-kit/declaration";

const MAX_REASON = 500;

/** From what is missed least: see `trim-checks`. */
const shorter = shorterChecks.map((trim) => (data: CanaryEvaluated) => ({ ...data, checks: trim(data.checks) }));

export function evaluateCanary({ config, warehouse }: Pick<Dependencies, "config" | "warehouse">) {
  const checks = config.phases.flatMap((phase) => phase.checks);
  return async (run: Run): Promise<RunOutcome> => {
    const evaluated = await evaluateChecks({ config, warehouse, checks, nowMs: run.nowMs });
    const { bytes, queries } = evaluated;
    const count = (verdict: CheckResult["verdict"]): number => evaluated.checks.filter((check) => check.verdict === verdict).length;
    const isBlind = count("unknown") === checks.length;
    const reason = isBlind ? evaluated.checks[0]?.reason : undefined;
    return {
      verdict: isBlind ? "unknown" : "ok",
      ...(reason === undefined ? {} : { reason: shorten(reason, MAX_REASON) }),
      counts: {
        checks: checks.length,
        findings: count("finding"),
        unknown: count("unknown"),
        not_applicable: count("not_applicable"),
        queries,
      },
      publish: [
        {
          type: "canary.evaluated",
          purpose: "evaluated",
          subject: config.pipeline,
          data: fit({ due: new Date(run.dueMs).toISOString(), checks: [...evaluated.checks], bytes, dollars: dollarsOf(bytes) }, shorter),
        },
      ],
    };
  };
}
