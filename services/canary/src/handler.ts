/** On each run: every check of every phase is asked and judged, for its day and for all days that were bad, in phase order. */

import { dollarsOf } from "@kintsugi/checks/cost";
import { type Evaluation, evaluateChecks, type Judged } from "@kintsugi/checks/evaluate";
import { shorterChecks } from "@kintsugi/checks/trim-checks";
import type { Check, Config } from "@kintsugi/config/model";
import type { CanaryEvaluated, CheckResult } from "@kintsugi/events/canary";
import { fit } from "@kintsugi/events/fit";
import type { Observation } from "@kintsugi/events/observation";
import { shorten } from "@kintsugi/events/shorten";
import { subjectKey } from "@kintsugi/events/subject";
import type { Dependencies, Run, RunOutcome } from "@kintsugi/function-kit/declaration";
import { badDays } from "@kintsugi/function-kit/incidents";
import { observeCheck, subjectOf } from "./observe-check.ts";
import { settleAges } from "./settle-ages.ts";

const MAX_REASON = 500;

/** From what is missed least: see `trim-checks`. */
const shorter = shorterChecks.map((trim) => (data: CanaryEvaluated) => ({ ...data, checks: trim(data.checks) }));

export function evaluateCanary({ config, warehouse, documents }: Pick<Dependencies, "config" | "warehouse" | "documents">) {
  const checks = config.phases.flatMap((phase) => phase.checks);
  return async (run: Run): Promise<RunOutcome> => {
    const bad = await badDays(documents, checks.map(subjectOfCheck));
    const daysOf = (check: Check): readonly string[] => bad.get(subjectKey(subjectOfCheck(check))) ?? [];
    const evaluated = await evaluateChecks({ config, warehouse, checks, nowMs: run.nowMs, badDays: daysOf, showsRows: true });
    const judged = settleAges(evaluated.judged);
    return {
      ...runVerdict(judged),
      counts: countsOf(judged, evaluated),
      observations: observationsOf(judged, config),
      complete: [{ kind: "checks" }],
      publish: [{ type: "canary.evaluated", purpose: "evaluated", subject: config.pipeline, data: recordOf(judged, evaluated, run) }],
    };
  };
}

function subjectOfCheck({ phase, name }: Check): ReturnType<typeof subjectOf> {
  return subjectOf({ phase, check: name });
}

function observationsOf(judged: readonly Judged[], { phases }: Config): readonly Observation[] {
  const phaseOf = new Map(phases.map((phase) => [phase.name, phase]));
  // A rule on trial is recorded and shown: nobody is told of it, so an incident that it had before is over.
  return judged.filter(({ check }) => check.isObserved !== true).map((one) => observeCheck(one, phaseOf.get(one.check.phase)!, judged));
}

/** A run that could look at one check at least has looked, whatever it found. */
function runVerdict(judged: readonly Judged[]): Pick<RunOutcome, "verdict" | "reason" | "cause" | "isIdle"> {
  const today = judged.filter(({ isAgain }) => !isAgain);
  if (today.every(({ result }) => result.verdict === "unknown")) {
    const { result, fault } = today[0]!;
    return {
      verdict: "unknown",
      ...(result.reason === undefined ? {} : { reason: shorten(result.reason, MAX_REASON) }),
      ...(fault?.cause === undefined ? {} : { cause: fault.cause }),
    };
  }
  return { verdict: "ok", isIdle: judged.every(({ result }) => result.verdict === "not_applicable") };
}

function countsOf(judged: readonly Judged[], { queries }: Evaluation): NonNullable<RunOutcome["counts"]> {
  const count = (verdict: CheckResult["verdict"]): number => judged.filter(({ result }) => result.verdict === verdict).length;
  return {
    checks: judged.length,
    findings: count("finding"),
    unknown: count("unknown"),
    not_applicable: count("not_applicable"),
    queries,
  };
}

function recordOf(judged: readonly Judged[], { bytes }: Evaluation, { dueMs }: Run): CanaryEvaluated {
  const checks = judged.map(({ result }) => result);
  return fit({ due: new Date(dueMs).toISOString(), checks, bytes, dollars: dollarsOf(bytes) }, shorter);
}
