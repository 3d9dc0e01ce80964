import { type Exact, exactOf } from "@kintsugi/config/exact";
import { parseCondition } from "@kintsugi/config/units";
import { expect, test } from "vitest";
import { daysBefore } from "./history.ts";
import { judgeMetric } from "./judge.ts";
import { valueOf } from "./value.ts";

const values = (numbers: readonly number[]): readonly Exact[] => numbers.map(exactOf);

test("a history goes back day by day, or week by week, and the judged day is not in it", () => {
  expect(daysBefore("2026-03-09", { stepDays: 7, count: 3 })).toEqual(["2026-03-02", "2026-02-23", "2026-02-16"]);
  expect(daysBefore("2026-03-01", { stepDays: 1, count: 2 })).toEqual(["2026-02-28", "2026-02-27"]);
});

test.for<[condition: string, earlier: readonly number[], value: number, verdict: string, reason: string | undefined]>([
  ["< 70% of same weekday 4w", [100, 100, 100, 100], 70, "ok", undefined],
  ["< 70% of same weekday 4w", [100, 100, 100, 100], 69, "finding", "69 < 70 (70% of same weekday 4w)"],
  ["< 70% of same weekday 4w", [140, 139, 1, 150], 97, "finding", "97 < 97.65 (70% of same weekday 4w)"],
  ["< 70% of same weekday 4w", [100, 1, 100], 70, "ok", undefined],
  ["< 70% of same weekday 4w", [100, 100], 1, "not_applicable", "too little history (2 of 3)"],
  ["< 70% of same weekday 4w", [], 1, "not_applicable", "too little history (0 of 3)"],
  ["> 150% of median 14d", [10, 20, 30], 30, "ok", undefined],
  ["> 150% of median 14d", [10, 20, 30], 31, "finding", "31 > 30 (150% of median 14d)"],
  ["> 110% of median 14d", [0.1, 0.1, 0.1], 0.11, "ok", undefined],
  ["outside 3 sigma 28d", [90, 100, 110], 144.478, "ok", undefined],
  ["outside 3 sigma 28d", [90, 100, 110], 144.479, "finding", "144.479 outside 55.522 .. 144.478 (3 sigma 28d)"],
  ["outside 3 sigma 28d", [90, 100, 110], 55.522, "ok", undefined],
  ["outside 3 sigma 28d", [90, 100, 110], 55, "finding", "55 outside 55.522 .. 144.478 (3 sigma 28d)"],
  ["outside 3 sigma 28d", [100, 100, 100], 101, "finding", "101 outside 100 .. 100 (3 sigma 28d)"],
])("%s, after %j: %d", ([condition, earlier, value, verdict, reason]) => {
  const metric = { name: "m", columns: [], fail: parseCondition(condition)! };
  const expectation = { expected: undefined, due: [], earlier: () => values(earlier) };
  const judged = judgeMetric(metric, { value: valueOf(exactOf(value)) }, expectation);
  expect([judged.verdict, judged.reason]).toEqual([verdict, reason]);
});

test.for<[name: string, warn: string, fail: string, value: number, verdict: string]>([
  ["what fails fails, though the warning has no history", "< 70% of same weekday 4w", "< 10", 9, "finding"],
  ["what does not fail is ok, though the warning has no history", "< 70% of same weekday 4w", "< 10", 10, "ok"],
  ["a warning is told, though what fails has no history", "< 10", "< 70% of same weekday 4w", 9, "warn"],
  ["what fails has no history, and nothing is warned of", "< 10", "< 70% of same weekday 4w", 10, "not_applicable"],
])("of two conditions: %s", ([, warn, fail, value, verdict]) => {
  const metric = { name: "m", columns: [], warn: parseCondition(warn)!, fail: parseCondition(fail)! };
  expect(judgeMetric(metric, { value: valueOf(exactOf(value)) }, { expected: undefined, due: [] }).verdict).toBe(verdict);
});

test("a rate is compared with earlier rates, in percent", () => {
  const metric = { name: "m", aggregate: "null_rate", columns: ["x"], fail: parseCondition("> 200% of median 14d")! } as const;
  const judged = judgeMetric(
    metric,
    { value: valueOf(exactOf(0.0301)) },
    { expected: undefined, due: [], earlier: () => values([0.01, 0.015, 0.02]) },
  );
  expect(judged.reason).toBe("3.01 % > 3 % (200% of median 14d)");
});
