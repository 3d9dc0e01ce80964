import { exactOf } from "@kintsugi/config/exact";
import type { Condition, Metric } from "@kintsugi/config/model";
import type { MetricResult } from "@kintsugi/events/canary";
import { expect, test } from "vitest";
import { judgeMetric, verdictOf } from "./judge.ts";
import { valueOf } from "./value.ts";

function plain(op: "<" | "<=" | ">" | ">=" | "=" | "!=", value: number): Condition {
  return { op, value, timesExpected: false, text: `${op} ${value}` };
}
function ofExpected(op: "<" | "<=" | ">" | ">=" | "=" | "!=", value: number): Condition {
  return { op, value, timesExpected: true, text: `${op} ${value} * expected` };
}

const rows: Metric = { name: "rows", aggregate: "count", columns: ["*"], warn: ofExpected("<", 20), fail: ofExpected("<", 15) };
const points: Metric = { name: "points", aggregate: "null_rate", columns: ["points"], fail: plain(">", 0.05) };
const nobody = { expected: undefined, due: [] };

test.for<[name: string, value: number, verdict: MetricResult["verdict"], expected: string, reason: string | undefined]>([
  ["enough", 200, "ok", "< 150 (15 * expected)", undefined],
  ["few", 199, "warn", "< 200 (20 * expected)", "199 < 200 (20 * expected)"],
  ["the fail bound itself", 150, "warn", "< 200 (20 * expected)", "150 < 200 (20 * expected)"],
  ["too few", 149, "finding", "< 150 (15 * expected)", "149 < 150 (15 * expected)"],
  ["none", 0, "finding", "< 150 (15 * expected)", "0 < 150 (15 * expected)"],
])("a failing condition outweighs a warning, and both say the number that was wanted: %s", ([, value, verdict, expected, reason]) => {
  const judged = judgeMetric(rows, { value: valueOf(exactOf(value)) }, { expected: 10, due: [] });
  expect(judged).toEqual({ name: "rows", actual: value, verdict, expected, ...(reason === undefined ? {} : { reason }) });
});

test("a metric that only warns is never a finding", () => {
  const warned = judgeMetric({ name: "n", columns: [], warn: plain("<", 5) }, { value: valueOf(exactOf(1)) }, nobody);
  expect(warned).toEqual({ name: "n", actual: 1, verdict: "warn", expected: "< 5", reason: "1 < 5" });
});

test("no value where a number was needed is a finding", () => {
  expect(judgeMetric(points, { value: null }, nobody)).toEqual({
    name: "points",
    actual: null,
    verdict: "finding",
    expected: "> 0.05",
    reason: "no value where a number was needed",
  });
  expect(judgeMetric(points, { value: null }, { expected: 3, due: [] })).toMatchObject({ verdict: "finding" });
});

test("no value is in order where no row was expected", () => {
  expect(judgeMetric(points, { value: null }, { expected: 0, due: [] })).toMatchObject({ verdict: "ok", actual: null });
});

const due = ["g1", "g2", "g3"];
const entityCounts = (counts: Record<string, number>) => new Map(Object.entries(counts).map(([id, count]) => [id, exactOf(count)]));

test("one thin and one missing entity fail a day whose total is enough, and both are named", () => {
  const judged = judgeMetric(rows, { value: valueOf(exactOf(63)), byEntity: entityCounts({ g1: 60, g3: 3 }) }, { expected: 3, due });
  expect(judged).toEqual({
    name: "rows",
    actual: 63,
    verdict: "finding",
    expected: "< 45 (15 * expected)",
    reason: "thin g3 (3), missing g2, each needs 15",
    entities: [
      { id: "g2", actual: 0, state: "missing" },
      { id: "g3", actual: 3, state: "thin" },
    ],
  });
});

test("an entity that only warns is named in the warning", () => {
  const judged = judgeMetric(
    rows,
    { value: valueOf(exactOf(80)), byEntity: entityCounts({ g1: 32, g2: 30, g3: 18 }) },
    { expected: 3, due },
  );
  expect(judged).toMatchObject({ verdict: "warn", entities: [{ id: "g3", actual: 18, state: "thin" }] });
});

test("where all together are too few, the total and the entities are told", () => {
  const judged = judgeMetric(rows, { value: valueOf(exactOf(33)), byEntity: entityCounts({ g1: 30, g3: 3 }) }, { expected: 3, due });
  expect(judged.reason).toBe("33 < 45 (15 * expected): missing g2; thin g3 (3)");
});

test.for<[condition: Condition, counts: readonly [number, number], reason: string]>([
  [ofExpected("<", 6), [7, 5], "thin g2 (5), each needs 6"],
  [ofExpected("<=", 5), [7, 5], "thin g2 (5), each needs more than 5"],
  [ofExpected(">", 8), [1, 9], "too many in g2 (9), each may have 8 at most"],
  [ofExpected(">=", 9), [1, 9], "too many in g2 (9), each may have less than 9"],
  [ofExpected("=", 9), [1, 9], "wrong number in g2 (9), each may not have 9"],
  [ofExpected("!=", 6), [7, 5], "wrong number in g1 (7), g2 (5), each needs exactly 6"],
])("what each entity needs is told with its condition: %o", ([fail, [g1, g2], reason]) => {
  const each = { name: "rows", aggregate: "count", columns: ["*"], fail } as const;
  const judged = judgeMetric(
    each,
    { value: valueOf(exactOf(g1 + g2)), byEntity: entityCounts({ g1, g2 }) },
    { expected: 2, due: ["g1", "g2"] },
  );
  expect(judged).toMatchObject({ verdict: "finding", reason });
});

test("an entity that is not due is not missed", () => {
  const judged = judgeMetric(rows, { value: valueOf(exactOf(25)), byEntity: entityCounts({ g1: 25 }) }, { expected: 1, due: ["g1"] });
  expect(judged).toMatchObject({ verdict: "ok" });
  expect(judged).not.toHaveProperty("entities");
});

test("what is no count against expected is not judged per entity", () => {
  const distinct: Metric = { name: "games", aggregate: "count_distinct", columns: ["game"], fail: ofExpected("<", 1) };
  expect(judgeMetric(distinct, { value: valueOf(exactOf(3)), byEntity: entityCounts({ g1: 0 }) }, { expected: 3, due })).toMatchObject({
    verdict: "ok",
  });
});

const named = (count: number): string[] => Array.from({ length: count }, (_, index) => `g${index}`);

test.for<[count: number, ending: string]>([
  [12, "g10, g11"],
  [20, "g18, g19"],
  [21, "g18, g19 and 1 more"],
  [80, "g18, g19 and 60 more"],
])("of %d missing or thin entities at most twenty of each are named, and the others counted", ([count, ending]) => {
  const missing = judgeMetric(rows, { value: valueOf(exactOf(0)), byEntity: new Map() }, { expected: count, due: named(count) });
  expect(missing.reason).toMatch(new RegExp(`: missing g0, g1, .*${ending}$`));
  const thin = judgeMetric(
    rows,
    { value: valueOf(exactOf(0)), byEntity: new Map(named(count).map((id) => [id, exactOf(1)])) },
    { expected: count, due: named(count) },
  );
  expect(thin.reason).toMatch(new RegExp(`: thin g0 \\(1\\), .*${ending.replaceAll(/(g\d+)/g, "$1 \\(1\\)")}$`));
});

test("of very many missing entities fifty are listed", () => {
  expect(judgeMetric(rows, { value: valueOf(exactOf(0)), byEntity: new Map() }, { expected: 80, due: named(80) }).entities).toHaveLength(
    50,
  );
});

const result = (verdict: MetricResult["verdict"]): MetricResult => ({ name: verdict, verdict, actual: null });

test.for<[name: string, metrics: readonly MetricResult["verdict"][], verdict: string]>([
  ["all ok", ["ok", "ok"], "ok"],
  ["a warning opens nothing", ["ok", "warn"], "ok"],
  ["one fails", ["ok", "finding", "warn"], "finding"],
  ["one could not be computed", ["ok", "unknown"], "unknown"],
  ["a failure outweighs what could not be computed", ["unknown", "finding"], "finding"],
  ["what could not be computed outweighs a warning", ["warn", "unknown"], "unknown"],
  ["none applies", ["not_applicable", "not_applicable"], "not_applicable"],
  ["some apply", ["not_applicable", "ok"], "ok"],
])("the verdict of a check: %s", ([, metrics, verdict]) => {
  expect(verdictOf(metrics.map(result))).toBe(verdict);
});
