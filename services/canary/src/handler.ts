/** On each run: every check of every phase is asked and judged, and the verdicts go out in one event, in phase order. */

import { evaluateChecks } from "@kintsugi/checks/evaluate";
import { dollarsOf } from "@kintsugi/checks/cost";
import type { CheckResult } from "@kintsugi/events/canary";
import type { Dependencies, Run, RunOutcome } from "@kintsugi/function-kit/declaration";

/** An event may hold 64 KiB; beyond so many checks only the metrics that say something are sent along. */
const MAX_DETAILED_BYTES = 48 * 1024;

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
      ...(reason === undefined ? {} : { reason }),
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
          data: { due: new Date(run.dueMs).toISOString(), checks: withinSize(evaluated.checks), bytes, dollars: dollarsOf(bytes) },
        },
      ],
    };
  };
}

function withinSize(checks: readonly CheckResult[]): CheckResult[] {
  if (JSON.stringify(checks).length <= MAX_DETAILED_BYTES) return [...checks];
  return checks.map((check) => ({
    ...check,
    metrics: check.metrics
      .filter(({ verdict }) => verdict !== "ok")
      .slice(0, 5)
      .map(({ entities, ...metric }) => ({ ...metric, ...(entities === undefined ? {} : { entities: entities.slice(0, 5) }) })),
  }));
}
