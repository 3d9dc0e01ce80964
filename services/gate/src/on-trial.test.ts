import type { Judged } from "@kintsugi/checks/evaluate";
import type { CheckResult, MetricResult } from "@kintsugi/events/canary";
import { expect, test } from "vitest";
import { withoutVeto } from "./on-trial.ts";

type Verdict = CheckResult["verdict"];

function judged(verdict: Verdict, metric: MetricResult["verdict"], observed: boolean): Judged {
  const result = { phase: "raw", check: "c", severity: "red", verdict, metrics: [{ name: "m", verdict: metric, actual: 1 }] } as const;
  const fault = { isPassing: true };
  return { check: {}, isAgain: false, fault, result: { ...result, ...(observed ? { observed } : {}) } } as unknown as Judged;
}

test.for<
  [name: string, verdict: Verdict, metric: MetricResult["verdict"], observed: boolean, after: [Verdict, MetricResult["verdict"], boolean]]
>([
  ["a finding on trial warns", "finding", "finding", true, ["ok", "warn", false]],
  ["what cannot be looked at on trial warns, and is not waited for", "unknown", "unknown", true, ["ok", "warn", false]],
  ["what is well on trial stays so", "ok", "ok", true, ["ok", "ok", false]],
  ["what does not apply on trial stays so", "not_applicable", "not_applicable", true, ["not_applicable", "not_applicable", false]],
  ["a finding holds back", "finding", "finding", false, ["finding", "finding", true]],
  ["what cannot be looked at holds back", "unknown", "unknown", false, ["unknown", "unknown", true]],
])("%s", ([, verdict, metric, observed, after]) => {
  const [one] = withoutVeto([judged(verdict, metric, observed)]);
  expect([one!.result.verdict, one!.result.metrics[0]!.verdict, one!.fault !== undefined]).toEqual(after);
});
