import type { Metric } from "@kintsugi/config/model";
import type { Dialect } from "@kintsugi/ports/warehouse";
import { expect, test } from "vitest";
import { compileTable, type TableQuestion } from "./compile.ts";

const nowMs = Date.parse("2026-02-10T12:00:00Z");
const fail = { op: ">", value: 0, timesExpected: false, text: "> 0" } as const;
const perExpected = { op: "<", value: 15, timesExpected: true, text: "< 15 * expected" } as const;

function metric(aggregate: NonNullable<Metric["aggregate"]>, columns: string | readonly string[], more: Partial<Metric> = {}): Metric {
  return { name: aggregate, aggregate, columns: [columns].flat(), fail, ...more };
}

function sql(dialect: Dialect, metrics: readonly Metric[], question: Partial<TableQuestion> = {}): string {
  return compileTable(dialect, { check: { table: "sales" }, metrics, day: undefined, entities: undefined, nowMs, ...question });
}

test.for<[name: string, metric: Metric, duckdb: string, bigquery: string]>([
  ["all rows", metric("count", "*"), "count(*)", "count(*)"],
  [
    "all rows that match",
    metric("count", "*", { where: "min > 0" }),
    "count(CASE WHEN (min > 0\n) THEN 1 END)",
    "count(CASE WHEN (min > 0\n) THEN 1 END)",
  ],
  ["a column's values", metric("count", "name"), 'count("name")', "count(`name`)"],
  ["distinct values", metric("count_distinct", "game"), 'count(DISTINCT "game")', "count(DISTINCT `game`)"],
  [
    "distinct values that match",
    metric("count_distinct", "game", { where: "a or b" }),
    'count(DISTINCT CASE WHEN (a or b\n) THEN "game" END)',
    "count(DISTINCT CASE WHEN (a or b\n) THEN `game` END)",
  ],
  ["nulls", metric("null_count", "name"), 'count(CASE WHEN "name" IS NULL THEN 1 END)', "count(CASE WHEN `name` IS NULL THEN 1 END)"],
  [
    "nulls of those that match",
    metric("null_count", "name", { where: "a or b" }),
    'count(CASE WHEN (a or b\n) AND "name" IS NULL THEN 1 END)',
    "count(CASE WHEN (a or b\n) AND `name` IS NULL THEN 1 END)",
  ],
  [
    "the share of nulls",
    metric("null_rate", "name"),
    'count(CASE WHEN "name" IS NULL THEN 1 END) * 1.0 / nullif(count(*), 0)',
    "count(CASE WHEN `name` IS NULL THEN 1 END) * 1.0 / nullif(count(*), 0)",
  ],
  [
    "the share of zeros",
    metric("zero_rate", "points"),
    'count(CASE WHEN "points" = 0 THEN 1 END) * 1.0 / nullif(count(*), 0)',
    "count(CASE WHEN `points` = 0 THEN 1 END) * 1.0 / nullif(count(*), 0)",
  ],
  [
    "rows beyond the first of a key",
    metric("duplicate_count", ["game", "player"]),
    'count(*) - count(DISTINCT CAST(row("game", "player") AS VARCHAR))',
    "count(*) - count(DISTINCT TO_JSON_STRING(STRUCT(`game`, `player`)))",
  ],
  ["the least", metric("min", "points"), 'min("points")', "min(`points`)"],
  [
    "the spread",
    metric("stddev", "points", { where: "ok" }),
    'stddev(CASE WHEN (ok\n) THEN "points" END)',
    "stddev(CASE WHEN (ok\n) THEN `points` END)",
  ],
  [
    "the age of the newest",
    metric("age", "at"),
    'CASE WHEN max("at") IS NOT NULL THEN greatest(0, 1770724800 - epoch(CAST(max("at") AS TIMESTAMP))) END',
    "CASE WHEN max(`at`) IS NOT NULL THEN greatest(0, 1770724800 - UNIX_MICROS(CAST(max(`at`) AS TIMESTAMP)) / 1000000) END",
  ],
])("%s", ([, given, duckdb, bigquery]) => {
  expect(sql("duckdb", [given])).toBe(`SELECT ${duckdb} AS m0 FROM "sales"`);
  expect(sql("bigquery", [given])).toBe(`SELECT ${bigquery} AS m0 FROM \`sales\``);
});

test("all metrics of a table are one statement, with the day as a literal so that partitions are pruned", () => {
  const question = { check: { table: "nba_raw.boxscores", day: "game_date", where: "a or b" }, day: "2026-02-09" };
  const metrics = [metric("count", "*"), metric("sum", "points")];
  expect(sql("duckdb", metrics, question)).toBe(
    `SELECT count(*) AS m0, sum("points") AS m1 FROM "nba_raw"."boxscores" WHERE "game_date" = DATE '2026-02-09' AND (a or b\n)`,
  );
  expect(sql("bigquery", metrics, question)).toBe(
    "SELECT count(*) AS m0, sum(`points`) AS m1 FROM `nba_raw`.`boxscores` WHERE `game_date` = DATE '2026-02-09' AND (a or b\n)",
  );
});

const check = { table: "boxscores", day: "d", entity: "game" };

test("with a calendar only the rows of due entities count", () => {
  const question = { check, day: "2026-02-09", entities: ["g1", "g2"] };
  expect(sql("duckdb", [metric("count", "*")], question)).toBe(
    `SELECT count(*) AS m0 FROM "boxscores" WHERE "d" = DATE '2026-02-09' AND CAST("game" AS VARCHAR) IN ('g1', 'g2')`,
  );
});

test("a count against what is expected is asked per entity in the same scan", () => {
  const question = { check, day: "2026-02-09", entities: ["g1"] };
  expect(sql("duckdb", [metric("count", "*", { fail: perExpected })], question)).toBe(
    `SELECT CAST("game" AS VARCHAR) AS entity, GROUPING("game") AS is_total, count(*) AS m0 FROM "boxscores" WHERE "d" = DATE '2026-02-09' AND CAST("game" AS VARCHAR) IN ('g1') GROUP BY GROUPING SETS ((), ("game"))`,
  );
  expect(sql("bigquery", [metric("count", "*", { fail: perExpected })], question)).toBe(
    "SELECT CAST(`game` AS STRING) AS entity, GROUPING(`game`) AS is_total, count(*) AS m0 FROM `boxscores` WHERE `d` = DATE '2026-02-09' AND CAST(`game` AS STRING) IN (\"g1\") GROUP BY GROUPING SETS ((), (`game`))",
  );
});

test.for<[name: string, given: Metric, question: Partial<TableQuestion>]>([
  ["other metrics", metric("count_distinct", "player", { fail: perExpected }), { check, entities: ["g1"] }],
  ["counts against a number", metric("count", "*"), { check, entities: ["g1"] }],
  ["tables without an entity", metric("count", "*", { fail: perExpected }), { check: { table: "boxscores", day: "d" }, entities: ["g1"] }],
  ["days without a calendar", metric("count", "*", { fail: perExpected }), { check }],
])("judged for the day alone: %s", ([, given, question]) => {
  expect(sql("duckdb", [given], question)).not.toContain("GROUPING");
});

test("which entities have a row is asked in the same scan, even without a metric", () => {
  expect(sql("duckdb", [], { check, entities: ["g1"], namesEntities: true })).toBe(
    `SELECT CAST("game" AS VARCHAR) AS entity, GROUPING("game") AS is_total FROM "boxscores" WHERE CAST("game" AS VARCHAR) IN ('g1') GROUP BY GROUPING SETS ((), ("game"))`,
  );
});

test.for<[name: string, attack: string, duckdb: string, bigquery: string]>([
  ["a quote", 'a" ; drop table t; --', '"a"" ; drop table t; --"', '`a" ; drop table t; --`'],
  ["a backtick", "a`; drop table t; --", '"a`; drop table t; --"', "`a\\`; drop table t; --`"],
  ["a backslash before a backtick", "a\\`; drop", '"a\\`; drop"', "`a\\\\\\`; drop`"],
  ["a reserved word", "select", '"select"', "`select`"],
])("a column's name stays a name: %s", ([, attack, duckdb, bigquery]) => {
  expect(sql("duckdb", [metric("sum", attack)])).toBe(`SELECT sum(${duckdb}) AS m0 FROM "sales"`);
  expect(sql("bigquery", [metric("sum", attack)])).toBe(`SELECT sum(${bigquery}) AS m0 FROM \`sales\``);
});

test.for<[name: string, attack: string, duckdb: string, bigquery: string]>([
  ["a single quote", "x') or ('1'='1", "'x'') or (''1''=''1'", `"x') or ('1'='1"`],
  ["a double quote", 'x") or ("1"="1', `'x") or ("1"="1'`, `"x\\") or (\\"1\\"=\\"1"`],
  ["a backslash at the end", "x\\", "'x\\'", `"x\\\\"`],
  ["a new line", "x\n--", "'x\n--'", `"x\\n--"`],
])("an entity's id stays text, though it comes from a table: %s", ([, attack, duckdb, bigquery]) => {
  const question = { check, entities: [attack] };
  expect(sql("duckdb", [metric("count", "*")], question)).toContain(`IN (${duckdb})`);
  expect(sql("bigquery", [metric("count", "*")], question)).toContain(`IN (${bigquery})`);
});

test.for<[name: string, table: string]>([
  ["a part without a name", "nba..boxscores"],
  ["a NUL", "nba\u0000"],
  ["a line break", "nba\nboxscores"],
])("a table's name that cannot be one is refused: %s", ([, table]) => {
  expect(() => sql("bigquery", [metric("count", "*")], { check: { table } })).toThrow(/is no name of a table or column/);
});
