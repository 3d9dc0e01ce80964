import type { CheckResult, MetricResult } from "@kintsugi/events/canary";
import { fit } from "@kintsugi/events/fit";
import { expect, test } from "vitest";
import { shorterChecks } from "./trim-checks.ts";

const metric = (verdict: MetricResult["verdict"], reason: string, name: string = verdict): MetricResult => ({
  name,
  verdict,
  actual: 1,
  expected: "< 5",
  reason,
  entities: Array.from({ length: 50 }, (_, index) => ({ id: `g${index}`, actual: 0, state: "missing" as const })),
});
const check = (metrics: readonly MetricResult[], name = "c"): CheckResult => ({
  phase: "raw",
  check: name,
  day: "2026-02-09",
  verdict: "finding",
  reason: "why",
  severity: "red",
  metrics: [...metrics],
});
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));

test("what is well leaves first, and what made the verdict stays longest", () => {
  const given = [check([metric("ok", "fine"), metric("warn", "odd"), metric("unknown", "away"), metric("finding", "bad")])];
  const names = shorterChecks.map((shorter) => shorter(given)[0]!.metrics.map(({ name }) => name));
  expect(names).toEqual([
    ["finding", "unknown", "warn"],
    ["finding", "unknown", "warn"],
    ["finding", "unknown", "warn"],
    ["finding"],
    [],
    [],
  ]);
});

test.for<[name: string, checks: readonly CheckResult[]]>([
  [
    "120 checks with six failing metrics each",
    times(120, (at) =>
      check(
        times(6, (n) => metric("finding", "bad", `m${n}`)),
        `c${at}`,
      ),
    ),
  ],
  ["very long reasons", times(60, (at) => check([metric("finding", "x".repeat(100_000))], `c${at}`))],
  ["three bytes per character", times(60, (at) => check([metric("finding", "界".repeat(400))], `c${at}`))],
  ["characters that JSON escapes", times(60, (at) => check([metric("finding", "\u0001".repeat(400))], `c${at}`))],
  ["pictographs", times(60, (at) => check([metric("finding", "a🤕".repeat(300))], `c${at}`))],
  ["many checks with long names", times(300, (at) => check([metric("finding", "bad", "m".repeat(500))], `${"c".repeat(40)}${at}`))],
])("%s stay below 48 KiB, each with its verdict, and with whole characters", ([, checks]) => {
  const fitted = fit(checks, shorterChecks);
  expect(Buffer.byteLength(JSON.stringify(fitted))).toBeLessThanOrEqual(48 * 1024);
  expect(fitted.map(({ phase, check: name, verdict, severity, day }) => ({ phase, name, verdict, severity, day }))).toEqual(
    checks.map(({ check: name }) => ({ phase: "raw", name, verdict: "finding", severity: "red", day: "2026-02-09" })),
  );
  expect(JSON.stringify(fitted)).not.toMatch(/\\ud/);
});
