import type { MetricResult } from "@kintsugi/events/canary";
import { fit } from "@kintsugi/events/fit";
import type { GateDecided } from "@kintsugi/events/gate";
import { expect, test } from "vitest";
import { shorterDecisions } from "./trim-decision.ts";

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));
const metric = (reason: string): MetricResult => ({ name: "m", verdict: "finding", actual: 0, expected: "< 1", reason });

const decided: GateDecided = {
  status: "block",
  can_proceed: false,
  quality_score: 0,
  message: "blocked",
  completeness_pct: 0,
  expected_count: 9_000,
  actual_count: 0,
  missing_items: [],
  quality_issues: [],
  quality_metadata: { before: "analytics" },
  gate: "g",
  day: "2026-02-09",
  consumer: "analytics",
  context: "live",
  verdict: "block",
  severity: "red",
  checks: [],
  waived: [],
  observations: [],
};

test.for<[name: string, change: Partial<GateDecided>]>([
  ["thousands of missing ones", { missing_items: times(9_000, (index) => `game-${index}`) }],
  ["missing ones with long names", { missing_items: times(300, () => "界".repeat(300)) }],
  ["long issues", { quality_issues: times(50, () => "🤕".repeat(2_000)), message: "🤕".repeat(40_000) }],
  [
    "a long reason of an override",
    { override: { actor: "a".repeat(60_000), claimed: "c".repeat(60_000), reason: "r".repeat(60_000), expires: "2026-02-10T00:00:00Z" } },
  ],
  [
    "120 checks with six failing metrics each",
    {
      checks: times(120, (index) => ({
        phase: "raw",
        check: `c${index}`,
        verdict: "finding" as const,
        severity: "red" as const,
        metrics: times(6, () => metric("x".repeat(300))),
      })),
    },
  ],
])("a decision with %s stays below 48 KiB as an event, with its counts and every check's verdict", ([, change]) => {
  const given = { ...decided, ...change };
  const fitted = fit(given, shorterDecisions);
  expect(Buffer.byteLength(JSON.stringify(fitted))).toBeLessThanOrEqual(48 * 1024);
  expect(fitted).toMatchObject({ verdict: "block", expected_count: 9_000, actual_count: 0 });
  expect(fitted.checks.map(({ check, verdict }) => [check, verdict])).toEqual(given.checks.map(({ check }) => [check, "finding"]));
});
