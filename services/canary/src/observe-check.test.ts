import type { Judged } from "@kintsugi/checks/evaluate";
import type { CheckResult, MetricResult } from "@kintsugi/events/canary";
import { expect, test } from "vitest";
import { observeCheck } from "./observe-check.ts";

const phase = { name: "raw", title: "Phase 2 · raw data", runbook: "docs/raw.md" };
const incidents = { openAfter: 1, closeAfter: 1, unknownAfter: 2, remindMs: 0, reopenMs: 0, openDaysMs: 0 };
const check = {
  kind: "table",
  phase: "raw",
  name: "hours",
  table: "readings",
  on: { daysAgo: 1 },
  severity: "critical",
  metrics: [],
  incidents,
} as const;
const metric = (name: string, verdict: MetricResult["verdict"], change: Partial<MetricResult> = {}): MetricResult => ({
  name,
  verdict,
  actual: 1,
  reason: `${name} is off`,
  ...change,
});
const missing: Partial<MetricResult> = { entities: [{ id: "b", actual: 0, state: "missing" }] };

function judged(result: Partial<CheckResult>, change: Partial<Judged> = {}): Judged {
  const base: CheckResult = { phase: "raw", check: "hours", day: "2026-11-23", severity: "critical", verdict: "ok", metrics: [] };
  return { check, isAgain: false, result: { ...base, ...result }, ...change };
}
const observe = (one: Judged, ...others: readonly Judged[]) => observeCheck(one, phase, [one, ...others]);
const subject = { kind: "check", phase: "raw", check: "hours" };

test("a good check and one that does not apply say so of their day", () => {
  expect(observe(judged({}))).toEqual({ subject, verdict: "ok", day: "2026-11-23" });
  expect(observe(judged({ verdict: "not_applicable", reason: "not due yet" }))).toEqual({
    subject,
    verdict: "not_applicable",
    day: "2026-11-23",
    reason: "not due yet",
  });
});

test("a check that could not look says why, what could not be read, and that this says nothing of the data", () => {
  const unknown = judged({ verdict: "unknown", reason: "no such column" }, { fault: { cause: "table readings", isPassing: false } });
  expect(observe(unknown)).toEqual({
    subject,
    verdict: "unknown",
    day: "2026-11-23",
    severity: "yellow",
    title: "Phase 2 · raw data: hours cannot be looked at",
    facts: ["no such column", "this says nothing about whether the data are well"],
    next: ["kintsugi why unknown:canary:raw.hours"],
    channel: "canary",
    cause: "table readings",
  });
});

test("a finding has the check's severity, the phase's runbook, and the next command", () => {
  expect(observe(judged({ verdict: "finding", expected: 24, metrics: [metric("rows", "finding")] }))).toEqual({
    subject,
    verdict: "finding",
    day: "2026-11-23",
    severity: "critical",
    title: "Phase 2 · raw data: hours fails",
    facts: ["rows: rows is off", "table readings, 2026-11-23, 24 expected"],
    next: ["kintsugi why canary:raw.hours"],
    runbook: "docs/raw.md",
    channel: "canary",
  });
});

test.for<[name: string, one: Judged, others: readonly Judged[], facts: readonly string[]]>([
  [
    "what names entities stands first, and what is well is not told",
    judged({ verdict: "finding", metrics: [metric("a", "finding"), metric("b", "ok"), metric("c", "finding", missing)] }),
    [],
    ["c: c is off", "a: a is off", "table readings, 2026-11-23"],
  ],
  [
    "of more than four the last are told together",
    judged({ verdict: "finding", metrics: ["a", "b", "c", "d", "e"].map((name) => metric(name, "finding")) }),
    [],
    ["a: a is off", "b: b is off", "c: c is off", "also d: d is off, e: e is off"],
  ],
  [
    "warnings of the same phase and day stand last",
    judged({ verdict: "finding", metrics: [metric("a", "finding"), metric("b", "warn")] }),
    [
      judged({ check: "volume", metrics: [metric("n", "warn")] }),
      judged({ check: "volume", day: "2026-11-22", metrics: [metric("m", "warn")] }),
      judged({ phase: "other", metrics: [metric("o", "warn")] }),
    ],
    ["a: a is off", "table readings, 2026-11-23", "warning: hours.b: b is off, volume.n: n is off"],
  ],
  [
    "warnings stay away where there is no room",
    judged({ verdict: "finding", metrics: [...["a", "b", "c", "d"].map((name) => metric(name, "finding")), metric("e", "warn")] }),
    [],
    ["a: a is off", "b: b is off", "c: c is off", "d: d is off"],
  ],
])("the facts of a finding: %s", ([, one, others, facts]) => {
  expect(observe(one, ...others)).toMatchObject({ facts });
});
