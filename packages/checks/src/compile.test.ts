import type { Metric } from "@kintsugi/config/model";
import type { ColumnType } from "@kintsugi/ports/column-type";
import type { Dialect } from "@kintsugi/ports/warehouse";
import { expect, test } from "vitest";
import { compileTable, type TableQuestion } from "./compile.ts";

const fail = { op: ">", value: 0, timesExpected: false, text: "> 0" } as const;
const perExpected = { op: "<", value: 15, timesExpected: true, text: "< 15 * expected" } as const;

function metric(aggregate: NonNullable<Metric["aggregate"]>, columns: string | readonly string[], more: Partial<Metric> = {}): Metric {
  return { name: aggregate, aggregate, columns: [columns].flat(), fail, ...more };
}

function sql(dialect: Dialect, metrics: readonly Metric[], question: Partial<TableQuestion> = {}): string {
  const base = { check: { table: "sales" }, days: undefined, timezone: "America/New_York", types: undefined };
  return compileTable(dialect, { ...base, metrics, ...question });
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
    'count(CASE WHEN "name" IS NULL THEN 1 END) AS m0, count(*) AS m0_of',
    "count(CASE WHEN `name` IS NULL THEN 1 END) AS m0, count(*) AS m0_of",
  ],
  [
    "the share of zeros",
    metric("zero_rate", "points"),
    'count(CASE WHEN "points" = 0 THEN 1 END) AS m0, count(*) AS m0_of',
    "count(CASE WHEN `points` = 0 THEN 1 END) AS m0, count(*) AS m0_of",
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
  ["the age of the newest", metric("age", "at"), 'epoch_us(max(CAST("at" AS TIMESTAMPTZ)))', "UNIX_MICROS(max(CAST(`at` AS TIMESTAMP)))"],
  ["the mean", metric("avg", "points"), 'sum("points") AS m0, count("points") AS m0_of', "sum(`points`) AS m0, count(`points`) AS m0_of"],
])("%s", ([, given, duckdb, bigquery]) => {
  const named = (columns: string): string => (columns.includes(" AS m0") ? columns : `${columns} AS m0`);
  expect(sql("duckdb", [given])).toBe(`SELECT ${named(duckdb)} FROM "sales"`);
  expect(sql("bigquery", [given])).toBe(`SELECT ${named(bigquery)} FROM \`sales\``);
});

test("all metrics of a table are one statement, with the day as a literal so that partitions are pruned", () => {
  const question = {
    check: { table: "nba_raw.boxscores", day: "game_date", where: "a or b" },
    days: [{ day: "2026-02-09", entities: undefined }],
  };
  const metrics = [metric("count", "*"), metric("sum", "points")];
  expect(sql("duckdb", metrics, question)).toBe(
    `SELECT count(*) AS m0, sum("points") AS m1 FROM "nba_raw"."boxscores" WHERE "game_date" = DATE '2026-02-09' AND (a or b\n)`,
  );
  expect(sql("bigquery", metrics, question)).toBe(
    "SELECT count(*) AS m0, sum(`points`) AS m1 FROM `nba_raw`.`boxscores` WHERE `game_date` = DATE '2026-02-09' AND (a or b\n)",
  );
});

const check = { table: "boxscores", day: "d", entity: "game" };
const key = String.raw`regexp_replace(CAST("game" AS VARCHAR), '^(-?)0*([0-9]+)(?:[.]0*)?$', '\1\2')`;
const bigqueryKey = String.raw`regexp_replace(CAST(${"`game`"} AS STRING), '^(-?)0*([0-9]+)(?:[.]0*)?$', r'\1\2')`;

test("with a calendar only the rows of due entities count", () => {
  const question = { check, days: [{ day: "2026-02-09", entities: ["g1", "g2"] }] };
  expect(sql("duckdb", [metric("count", "*")], question)).toBe(
    `SELECT count(*) AS m0 FROM "boxscores" WHERE "d" = DATE '2026-02-09' AND ${key} IN ('g1', 'g2')`,
  );
});

test("a count against what is expected is asked per entity in the same scan", () => {
  const question = { check, days: [{ day: "2026-02-09", entities: ["g1"] }] };
  expect(sql("duckdb", [metric("count", "*", { fail: perExpected })], question)).toBe(
    `SELECT ${key} AS entity, GROUPING(${key}) AS is_total, count(*) AS m0 FROM "boxscores" WHERE "d" = DATE '2026-02-09' AND ${key} IN ('g1') GROUP BY GROUPING SETS ((), (${key}))`,
  );
  expect(sql("bigquery", [metric("count", "*", { fail: perExpected })], question)).toBe(
    `SELECT ${bigqueryKey} AS entity, GROUPING(${bigqueryKey}) AS is_total, count(*) AS m0 FROM \`boxscores\` WHERE \`d\` = DATE '2026-02-09' AND ${bigqueryKey} IN ("g1") GROUP BY GROUPING SETS ((), (${bigqueryKey}))`,
  );
});

test.for<[name: string, given: Metric, question: Partial<TableQuestion>]>([
  ["other metrics", metric("count_distinct", "player", { fail: perExpected }), { check, days: [{ day: "2026-02-09", entities: ["g1"] }] }],
  ["counts against a number", metric("count", "*"), { check, days: [{ day: "2026-02-09", entities: ["g1"] }] }],
  [
    "tables without an entity",
    metric("count", "*", { fail: perExpected }),
    { check: { table: "boxscores", day: "d" }, days: [{ day: "2026-02-09", entities: ["g1"] }] },
  ],
  ["days without a calendar", metric("count", "*", { fail: perExpected }), { check }],
])("judged for the day alone: %s", ([, given, question]) => {
  expect(sql("duckdb", [given], question)).not.toContain("GROUPING");
});

test("which entities have a row is asked in the same scan, even without a metric", () => {
  expect(sql("duckdb", [], { check, days: [{ day: "2026-02-09", entities: ["g1"] }], namesEntities: true })).toBe(
    `SELECT ${key} AS entity, GROUPING(${key}) AS is_total FROM "boxscores" WHERE "d" = DATE '2026-02-09' AND ${key} IN ('g1') GROUP BY GROUPING SETS ((), (${key}))`,
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
  const question = { check, days: [{ day: "2026-02-09", entities: [attack] }] };
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

test.for<[type: ColumnType | undefined, duckdb: string, bigquery: string]>([
  ["date", `"d" = DATE '2026-03-08'`, "`d` = DATE '2026-03-08'"],
  [undefined, `"d" = DATE '2026-03-08'`, "`d` = DATE '2026-03-08'"],
  [
    "time",
    `("d" >= TIMESTAMP '2026-03-08 05:00:00' AND "d" < TIMESTAMP '2026-03-09 04:00:00')`,
    "(`d` >= DATETIME '2026-03-08 05:00:00' AND `d` < DATETIME '2026-03-09 04:00:00')",
  ],
  [
    "instant",
    `("d" >= TIMESTAMPTZ '2026-03-08 05:00:00+00' AND "d" < TIMESTAMPTZ '2026-03-09 04:00:00+00')`,
    "(`d` >= TIMESTAMP '2026-03-08 05:00:00+00' AND `d` < TIMESTAMP '2026-03-09 04:00:00+00')",
  ],
  [
    "text",
    `CASE WHEN length("d") <= 10 THEN CAST("d" AS DATE) = DATE '2026-03-08' ELSE (CAST("d" AS TIMESTAMPTZ) >= TIMESTAMPTZ '2026-03-08 05:00:00+00' AND CAST("d" AS TIMESTAMPTZ) < TIMESTAMPTZ '2026-03-09 04:00:00+00') END`,
    "CASE WHEN length(`d`) <= 10 THEN CAST(`d` AS DATE) = DATE '2026-03-08' ELSE (CAST(`d` AS TIMESTAMP) >= TIMESTAMP '2026-03-08 05:00:00+00' AND CAST(`d` AS TIMESTAMP) < TIMESTAMP '2026-03-09 04:00:00+00') END",
  ],
])("the rows of a business day in a column of type %s are those within its bounds, on a day of 23 hours", ([type, duckdb, bigquery]) => {
  const types = type === undefined ? undefined : new Map([["d", type]]);
  const question = { check: { table: "sales", day: "d" }, days: [{ day: "2026-03-08", entities: undefined }], types };
  expect(sql("duckdb", [metric("count", "*")], question)).toBe(`SELECT count(*) AS m0 FROM "sales" WHERE ${duckdb}`);
  expect(sql("bigquery", [metric("count", "*")], question)).toBe(`SELECT count(*) AS m0 FROM \`sales\` WHERE ${bigquery}`);
});

test("several days are one statement, each with the rows of its own due entities", () => {
  const days = [
    { day: "2026-02-08", entities: ["007"] },
    { day: "2026-02-09", entities: ["g1", "g2"] },
  ];
  const types = new Map([
    ["d", "date"],
    ["game", "integer"],
  ] as const);
  expect(sql("duckdb", [metric("count", "*", { fail: perExpected })], { check, days, types })).toBe(
    `SELECT CAST("d" AS VARCHAR) AS day, CAST("game" AS VARCHAR) AS entity, GROUPING(CAST("game" AS VARCHAR)) AS is_total, count(*) AS m0 FROM "boxscores" WHERE "d" IN (DATE '2026-02-08', DATE '2026-02-09') AND (("d" = DATE '2026-02-08' AND CAST("game" AS VARCHAR) IN ('7')) OR ("d" = DATE '2026-02-09' AND CAST("game" AS VARCHAR) IN ('g1', 'g2'))) GROUP BY GROUPING SETS ((CAST("d" AS VARCHAR)), (CAST("d" AS VARCHAR), CAST("game" AS VARCHAR)))`,
  );
});

test("a rule for rows without an id looks at all rows of the day, and the other metrics at those of due entities alone", () => {
  const days = [{ day: "2026-02-09", entities: ["g1"] }];
  const types = new Map([["game", "text"]] as const);
  const textKey = key.replace('CAST("game" AS VARCHAR)', '"game"');
  expect(sql("duckdb", [metric("null_count", "game"), metric("count", "*")], { check, days, types })).toBe(
    `SELECT count(CASE WHEN "game" IS NULL THEN 1 END) AS m0, count(CASE WHEN ${textKey} IN ('g1') THEN 1 END) AS m1 FROM "boxscores" WHERE "d" = DATE '2026-02-09'`,
  );
});

test.for<[name: string, type: ColumnType, metric: Metric, duckdb: string, bigquery: string]>([
  [
    "binary numbers are added without loss where that can be, and how much there was to lose is asked too",
    "float",
    metric("sum", "x"),
    'fsum("x") AS m0, sum(abs("x")) AS m0_scale',
    "sum(`x`) AS m0, sum(abs(`x`)) AS m0_scale",
  ],
  [
    "decimal numbers stay decimal",
    "decimal",
    metric("avg", "x"),
    'sum("x") AS m0, count("x") AS m0_of',
    "sum(`x`) AS m0, count(`x`) AS m0_of",
  ],
  ["truths are 1 or 0", "boolean", metric("sum", "x"), 'sum(CAST("x" AS BIGINT)) AS m0', "sum(CAST(`x` AS INT64)) AS m0"],
  [
    "a time has its newest taken before it is read",
    "instant",
    metric("age", "x"),
    'epoch_us(CAST(max("x") AS TIMESTAMPTZ)) AS m0',
    "UNIX_MICROS(CAST(max(`x`) AS TIMESTAMP)) AS m0",
  ],
])("by the column's type: %s", ([, type, given, duckdb, bigquery]) => {
  const types = new Map([["x", type]]);
  expect(sql("duckdb", [given], { types })).toBe(`SELECT ${duckdb} FROM "sales"`);
  expect(sql("bigquery", [given], { types })).toBe(`SELECT ${bigquery} FROM \`sales\``);
});
