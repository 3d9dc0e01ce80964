import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { Calendar, Check, Metric } from "@kintsugi/config/model";
import { parseCondition } from "@kintsugi/config/units";
import type { CheckResult } from "@kintsugi/events/canary";
import { duckdbWarehouse } from "@kintsugi/local/duckdb-warehouse";
import { Failure } from "@kintsugi/ports/failure";
import type { Warehouse } from "@kintsugi/ports/warehouse";
import { beforeAll, expect, test } from "vitest";
import { type Evaluation, type EvaluationRequest, evaluateChecks } from "./evaluate.ts";

const day = "2026-02-09";
/** 07:00 in New York on the day after. */
const morning = Date.parse("2026-02-10T12:00:00Z");
const incidents = { openAfter: 1, closeAfter: 1, unknownAfter: 2, remindMs: 14_400_000, reopenMs: 3_600_000, openDaysMs: 604_800_000 };
const timezone = "America/New_York";
const calendar: Calendar = {
  table: "raw.schedule",
  day: "d",
  entity: "game",
  where: "kind <> 'exhibition'",
  starts: "tipoff",
  dueAfterMs: 6 * 3_600_000,
  ends: "unknown",
};

let connection: DuckDBConnection;
let warehouse: Warehouse;

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run(`
    SET TimeZone = 'UTC';
    CREATE SCHEMA raw;
    CREATE TABLE raw.schedule (d DATE, game VARCHAR, tipoff TIMESTAMP, kind VARCHAR);
    -- The last game of the ninth starts at 01:00 UTC, so it is due at 07:00 UTC.
    INSERT INTO raw.schedule VALUES
      ('2026-02-09', '001', '2026-02-10 00:00:00', 'regular'),
      ('2026-02-09', '002', '2026-02-10 00:30:00', 'regular'),
      ('2026-02-09', '003', '2026-02-10 01:00:00', 'play_in'),
      ('2026-02-09', '900', '2026-02-10 00:00:00', 'exhibition'),
      ('2026-02-11', '010', '2026-02-12 00:00:00', 'regular');
    CREATE TABLE raw.box (d DATE, game VARCHAR, player INTEGER, points DOUBLE, seen TIMESTAMP);
    INSERT INTO raw.box
      SELECT DATE '2026-02-09', lpad(g::VARCHAR, 3, '0'), p, CASE WHEN p = 1 THEN NULL WHEN p = 2 THEN 0 ELSE p END, TIMESTAMP '2026-02-10 09:00:00'
      FROM range(1, 4) games(g), range(1, 21) players(p);
    CREATE TABLE raw.empty (d DATE, points DOUBLE, seen TIMESTAMP);
  `);
  warehouse = duckdbWarehouse(async () => connection);
});

function plain(op: "<" | ">" | "=", value: number): NonNullable<Metric["fail"]> {
  return { op, value, timesExpected: false, text: `${op} ${value}` };
}
const metric = (aggregate: NonNullable<Metric["aggregate"]>, columns: string | readonly string[], more: Partial<Metric> = {}): Metric => ({
  name: aggregate,
  aggregate,
  columns: [columns].flat(),
  fail: plain("<", -1),
  ...more,
});
const tableCheck = (name: string, metrics: readonly Metric[], more: object = {}): Check => ({
  kind: "table",
  phase: "raw",
  name,
  severity: "red",
  incidents,
  table: "raw.box",
  day: "d",
  on: { daysAgo: 1 },
  metrics,
  ...more,
});
const sqlCheck = (name: string, sql: string, metrics: readonly Metric[], on: Check["on"] = "any"): Check => ({
  kind: "sql",
  phase: "raw",
  name,
  severity: "red",
  incidents,
  sql,
  on,
  metrics,
});

async function evaluate(checks: readonly Check[], more: Partial<EvaluationRequest> = {}): Promise<Evaluation> {
  return await evaluateChecks({ config: { timezone }, warehouse, checks, nowMs: morning, ...more });
}
async function evaluateOne(check: Check, more: Partial<EvaluationRequest> = {}): Promise<CheckResult> {
  return (await evaluate([check], more)).checks[0]!;
}
async function actualOf(given: Metric, more: object = {}): Promise<number | null> {
  return (await evaluateOne(tableCheck("c", [given], more))).metrics[0]!.actual;
}

test.for<[name: string, metric: Metric, actual: number]>([
  ["count", metric("count", "*"), 60],
  ["count of a column", metric("count", "points"), 57],
  ["count where", metric("count", "*", { where: "player <= 5 or player > 19" }), 18],
  ["count_distinct", metric("count_distinct", "player"), 20],
  ["count_distinct where", metric("count_distinct", "player", { where: "game = '001' and player < 4" }), 3],
  ["null_count", metric("null_count", "points"), 3],
  ["null_rate", metric("null_rate", "points"), 0.05],
  ["null_rate where", metric("null_rate", "points", { where: "player <= 2" }), 0.5],
  ["zero_rate", metric("zero_rate", "points"), 0.05],
  ["duplicate_count of a key", metric("duplicate_count", ["game", "player"]), 0],
  ["duplicate_count of part of it", metric("duplicate_count", "game"), 57],
  ["duplicate_count where, NULLs being alike", metric("duplicate_count", ["points"], { where: "player < 3" }), 4],
  ["min", metric("min", "points"), 0],
  ["max", metric("max", "points"), 20],
  ["avg", metric("avg", "points", { where: "player in (4, 6)" }), 5],
  ["sum", metric("sum", "player"), 630],
  ["stddev", metric("stddev", "player", { where: "game = '001' and player in (1, 3)" }), Math.SQRT2],
  ["age, in seconds", metric("age", "seen"), 10_800],
])("DuckDB computes %s", async ([, given, actual]) => {
  expect(await actualOf(given)).toBeCloseTo(actual, 9);
});

test("an age below zero is zero", async () => {
  const early = await evaluateOne(tableCheck("c", [metric("age", "seen")]), { nowMs: Date.parse("2026-02-10T08:00:00Z") });
  expect(early.metrics[0]).toMatchObject({ actual: 0 });
});

test("keys that only look alike are no duplicates", async () => {
  await connection.run(
    "CREATE OR REPLACE TABLE twins AS SELECT * FROM (VALUES ('a, b', 'c'), ('a', 'b, c'), (NULL, 'c'), ('NULL', 'c')) t(x, y)",
  );
  expect(await actualOf(metric("duplicate_count", ["x", "y"]), { table: "twins", day: undefined, on: "any" })).toBe(0);
});

test.for<[aggregate: NonNullable<Metric["aggregate"]>]>([["age"], ["avg"], ["null_rate"], ["zero_rate"], ["max"]])(
  "a table without rows has no %s, and that is a finding",
  async ([aggregate]) => {
    const given = metric(aggregate, aggregate === "age" ? "seen" : "points", { fail: plain(">", 10) });
    const result = await evaluateOne(tableCheck("c", [given], { table: "raw.empty" }));
    expect(result).toMatchObject({ verdict: "finding", reason: "no value where a number was needed", metrics: [{ actual: null }] });
  },
);

test("a column that vanished makes its own metric unknown, and no other metric or check", async () => {
  const [broken, sound] = (
    await evaluate([
      tableCheck("broken", [metric("count", "*"), metric("avg", "pionts"), metric("max", "points")]),
      tableCheck("sound", [metric("count", "*")]),
    ])
  ).checks;

  expect(broken).toMatchObject({ verdict: "unknown", reason: expect.stringContaining("pionts") });
  expect(broken!.metrics).toMatchObject([
    { name: "count", verdict: "ok", actual: 60 },
    { name: "avg", verdict: "unknown", actual: null, reason: expect.stringContaining("pionts") },
    { name: "max", verdict: "ok", actual: 20 },
  ]);
  expect(sound).toMatchObject({ verdict: "ok" });
});

test("what fails is a finding, though something else could not be computed", async () => {
  const result = await evaluateOne(tableCheck("c", [metric("avg", "pionts"), metric("count", "*", { fail: plain("<", 100) })]));
  expect(result).toMatchObject({ verdict: "finding", reason: "60 < 100" });
});

test("a table that is not there is unknown, never empty and never ok", async () => {
  const result = await evaluateOne(tableCheck("c", [metric("count", "*", { fail: plain("<", 1) })], { table: "raw.gone" }));
  expect(result).toMatchObject({ verdict: "unknown", reason: expect.stringContaining("gone") });
});

test("a statement that an attacker would like to end stays one name", async () => {
  const attack = 'points" FROM raw.box; DROP TABLE raw.box; --';
  const result = await evaluateOne(tableCheck("c", [metric("sum", attack)]));
  expect(result).toMatchObject({ verdict: "unknown" });
  expect(await actualOf(metric("count", "*"))).toBe(60);
});

test("a warehouse that is away is asked once per check, not once per metric", async () => {
  const asked: string[] = [];
  const away: Warehouse = {
    ...warehouse,
    async query(sql) {
      asked.push(sql);
      throw new Failure("transient", "warehouse unavailable");
    },
  };
  const { checks } = await evaluate([tableCheck("c", [metric("count", "*"), metric("max", "points")])], { warehouse: away });
  expect(asked).toHaveLength(1);
  expect(checks).toMatchObject([
    { verdict: "unknown", reason: "warehouse unavailable", metrics: [{ verdict: "unknown" }, { verdict: "unknown" }] },
  ]);
});

test("checks of one table, day and filter are one query, and every billed byte is counted", async () => {
  const billed: Warehouse = { ...warehouse, query: async (sql) => ({ ...(await warehouse.query(sql)), bytes: 10_485_760 }) };
  const { bytes, queries } = await evaluate(
    [tableCheck("a", [metric("count", "*")]), tableCheck("b", [metric("count", "*")]), tableCheck("c", [metric("max", "points")])],
    { warehouse: billed },
  );
  expect({ bytes, queries }).toEqual({ bytes: 10_485_760, queries: 1 });
});

const rowsOfGames = metric("count", "*", { fail: { op: "<", value: 15, timesExpected: true, text: "< 15 * expected" } });

test.for<[name: string, at: string, wanted: Partial<CheckResult>]>([
  ["before anything is due", "2026-02-10T05:59:59Z", { verdict: "not_applicable", reason: "not due yet", day }],
  ["when the first is due", "2026-02-10T06:00:00Z", { verdict: "ok", expected: 1, day }],
  ["when the second is due", "2026-02-10T06:30:00Z", { verdict: "ok", expected: 2, day }],
  ["when all are due", "2026-02-10T07:00:00Z", { verdict: "ok", expected: 3, day }],
])("only what is due is expected: %s", async ([, at, wanted]) => {
  const result = await evaluateOne(tableCheck("c", [rowsOfGames], { entity: "game" }), {
    config: { timezone, calendar },
    nowMs: Date.parse(at),
  });
  expect(result).toMatchObject(wanted);
});

test("a day on which the calendar lists nothing is not applicable, and asks nothing of the table", async () => {
  const { checks, queries } = await evaluate([tableCheck("c", [rowsOfGames])], { config: { timezone, calendar }, day: "2026-02-10" });
  expect(checks).toMatchObject([{ verdict: "not_applicable", reason: "nothing expected", expected: 0 }]);
  expect(queries).toBe(2);
});

test("a thin and a missing game are named, and rows of games that are not listed do not make up for them", async () => {
  await connection.run(`
    CREATE OR REPLACE TABLE thin AS SELECT * FROM raw.box WHERE game = '001' OR (game = '002' AND player <= 3);
    INSERT INTO thin SELECT d, '900', player + 100, points, seen FROM raw.box;
  `);
  const result = await evaluateOne(tableCheck("c", [rowsOfGames], { table: "thin", entity: "game" }), { config: { timezone, calendar } });
  expect(result).toMatchObject({
    verdict: "finding",
    expected: 3,
    reason: "23 < 45 (15 * expected): missing 003; thin 002 (3)",
    metrics: [
      {
        actual: 23,
        entities: [
          { id: "002", actual: 3, state: "thin" },
          { id: "003", actual: 0, state: "missing" },
        ],
      },
    ],
  });
});

test("a day with games and no row at all is a finding that names every game", async () => {
  await connection.run("CREATE OR REPLACE TABLE bare AS SELECT * FROM raw.box WHERE false");
  const result = await evaluateOne(tableCheck("c", [rowsOfGames], { table: "bare", entity: "game" }), { config: { timezone, calendar } });
  expect(result).toMatchObject({ verdict: "finding", reason: "0 < 45 (15 * expected): missing 001, 002, 003" });
});

test.for<[name: string, metrics: readonly Metric[], more: object, withRow: readonly string[] | undefined]>([
  ["a count against a number", [metric("count", "*")], {}, ["001", "002"]],
  ["no count at all", [metric("null_count", "points")], {}, ["001", "002"]],
  ["a metric whose filter passes over a game", [metric("count", "*", { where: "game = '001'" })], {}, ["001", "002"]],
  ["a check whose filter passes over a game", [metric("count", "*")], { where: "game = '001'" }, ["001"]],
  ["one metric that is broken", [metric("avg", "pionts"), metric("max", "points")], {}, ["001", "002"]],
  ["metrics that do not apply", [metric("age", "seen")], {}, ["001", "002"]],
  ["metrics that are all broken", [metric("avg", "pionts"), metric("max", "pionts")], {}, ["001", "002"]],
  ["filters that are all broken", [metric("avg", "points", { where: "pionts > 0" })], {}, undefined],
  ["a table that is not there", [metric("count", "*")], { table: "raw.gone" }, undefined],
])("which due games have a row is told with %s", async ([, metrics, more, withRow]) => {
  await connection.run("CREATE OR REPLACE TABLE two AS SELECT * FROM raw.box WHERE game <> '003'");
  const { looks } = await evaluate([tableCheck("c", metrics, { table: "two", entity: "game", ...more })], {
    config: { timezone, calendar },
    ignoreAge: true,
    namesEntities: true,
  });
  expect(looks).toEqual([{ day, withRow: withRow === undefined ? undefined : new Set(withRow) }]);
});

test.for<[name: string, check: Check]>([
  ["names no entity", tableCheck("c", [metric("count", "*")])],
  ["is a statement", sqlCheck("s", "select 1 as n", [{ name: "n", columns: [], fail: plain("<", 1) }])],
  ["looks at all days", tableCheck("c", [metric("count", "*")], { entity: "game", on: "any" })],
])("a check that %s tells nothing of games", async ([, check]) => {
  expect((await evaluate([check], { config: { timezone, calendar }, namesEntities: true })).looks).toEqual([]);
});

test("a filter may end in a comment, wherever it stands", async () => {
  const where = "player > 0 -- all of them";
  const check = tableCheck("c", [metric("count", "*", { where }), metric("null_rate", "points", { where })], { where });
  const asked = { config: { timezone, calendar: { ...calendar, where: `${calendar.where} -- no shows` } } };
  expect(await evaluateOne(check, asked)).toMatchObject({ verdict: "ok", metrics: [{ actual: 60 }, { actual: 0.05 }] });
});

test("a calendar that cannot be read makes its checks unknown, and no others", async () => {
  const { checks } = await evaluate(
    [tableCheck("dated", [rowsOfGames]), tableCheck("ever", [metric("count", "*")], { day: undefined, on: "any" })],
    {
      config: { timezone, calendar: { ...calendar, table: "raw.plan" } },
    },
  );
  expect(checks).toMatchObject([
    { check: "dated", verdict: "unknown", reason: expect.stringMatching(/^the calendar cannot be read: .*plan/) },
    { check: "ever", verdict: "ok" },
  ]);
});

test("a caller's day replaces the check's own", async () => {
  const check = tableCheck("c", [metric("count", "*", { fail: plain("=", 0) })], { on: { daysAgo: 30 } });
  expect(await evaluateOne(check)).toMatchObject({ day: "2026-01-11", verdict: "finding" });
  expect(await evaluateOne(check, { day })).toMatchObject({ day, verdict: "ok" });
});

test("in a backfill old data are no finding, and say why", async () => {
  const check = tableCheck("c", [metric("age", "seen", { fail: plain(">", 60) }), metric("count", "*")]);
  expect(await evaluateOne(check)).toMatchObject({ verdict: "finding" });
  const result = await evaluateOne(check, { ignoreAge: true });
  expect(result.verdict).toBe("ok");
  expect(result.metrics).toContainEqual({
    name: "age",
    verdict: "not_applicable",
    actual: null,
    reason: "age does not apply to a backfill",
  });
});

const column = (name: string): Metric => ({ name, columns: [], fail: plain("<", 1) });

test.for<[name: string, sql: string, wanted: Partial<CheckResult>]>([
  ["a column that passes", "select 7 as tables", { verdict: "ok" }],
  ["a column that fails", "select 0 as tables", { verdict: "finding", reason: "0 < 1" }],
  ["a truth value", "select true as tables", { verdict: "ok" }],
  ["a NULL", "select cast(null as integer) as tables", { verdict: "finding", reason: "no value where a number was needed" }],
  ["a sum of binary numbers that is at its threshold", "select 0.3e0 * 3 + 0.1e0 as tables", { verdict: "ok" }],
  ["no row", "select 7 as tables where false", { verdict: "unknown", reason: "the statement returns 0 rows, not one" }],
  ["several rows", "select 7 as tables from range(2)", { verdict: "unknown", reason: "the statement returns 2 rows, not one" }],
  ["another column", "select 7 as n", { verdict: "unknown", reason: "the statement returns no column tables" }],
  ["words", "select 'seven' as tables", { verdict: "unknown", reason: "tables is text" }],
  ["a mistake", "select 7 as tables from nowhere", { verdict: "unknown" }],
])("a statement's column is judged by its name: %s", async ([, sql, wanted]) => {
  expect(await evaluateOne(sqlCheck("s", sql, [column("tables")]))).toMatchObject(wanted);
});

test("a statement about days is asked for the judged day, as a literal", async () => {
  const check = sqlCheck("s", "select count(*) as tables from raw.box where d = @day", [column("tables")], { daysAgo: 1 });
  expect(await evaluateOne(check)).toMatchObject({ day, verdict: "ok", metrics: [{ actual: 60 }] });
  expect(await evaluateOne(check, { day: "2026-02-08" })).toMatchObject({ day: "2026-02-08", verdict: "finding" });
  expect(await evaluateOne(check, { day: "2026-02-10", config: { timezone, calendar } })).toMatchObject({ verdict: "not_applicable" });
});

test("days that were bad are judged again after the check's own day, and age only for that", async () => {
  const check = tableCheck("c", [metric("count", "*", { fail: plain("<", 1) }), metric("age", "seen", { fail: plain(">", 1) })]);
  const { judged } = await evaluate([check], { badDays: () => ["2026-02-08", day, "2026-02-07"] });
  expect(judged.map(({ result, isAgain }) => [result.day, result.verdict, isAgain])).toEqual([
    [day, "finding", false],
    ["2026-02-07", "finding", true],
    ["2026-02-08", "finding", true],
  ]);
  expect(judged[1]!.result.metrics).toMatchObject([
    { name: "count", actual: 0 },
    { name: "age", verdict: "not_applicable" },
  ]);
});

test("a calendar that has run out is unknown, and no other day asks for its end", async () => {
  const config = { timezone, calendar };
  const { judged, queries } = await evaluate([tableCheck("c", [rowsOfGames])], { config, day: "2026-02-12" });
  expect(judged).toMatchObject([
    { result: { verdict: "unknown", reason: "the calendar ends on 2026-02-11" }, fault: { cause: "table raw.schedule", isPassing: false } },
  ]);
  expect(queries).toBe(2);
  expect(await evaluate([tableCheck("c", [rowsOfGames])], { config })).toMatchObject({ queries: 2 });
});

test("where nothing is expected after the calendar's end, its end is not asked for", async () => {
  const config = { timezone, calendar: { ...calendar, ends: "nothing expected" as const } };
  const { checks, queries } = await evaluate([tableCheck("c", [rowsOfGames])], { config, day: "2026-02-12" });
  expect(checks).toMatchObject([{ verdict: "not_applicable", reason: "nothing expected" }]);
  expect(queries).toBe(1);
});

test("a waived game is neither listed nor due", async () => {
  const { calendar: days, checks } = await evaluate([tableCheck("c", [rowsOfGames])], {
    config: { timezone, calendar },
    waived: ["003", "777"],
  });
  expect(days.get(day)).toEqual({ listed: ["001", "002"], due: ["001", "002"], waived: ["003"] });
  expect(checks).toMatchObject([{ expected: 2 }]);
});

const failing = (error: Error): Warehouse => ({
  dialect: "duckdb",
  query: async () => await Promise.reject(error),
  columns: async () => [],
});

test.for<[name: string, error: Error, check: Check, fault: object]>([
  ["a wrong statement", new Failure("permanent", "x"), tableCheck("c", [rowsOfGames]), { cause: "table raw.box", isPassing: false }],
  ["a wrong statement of the user's", new Failure("permanent", "x"), sqlCheck("s", "select 1", [column("n")]), { isPassing: false }],
  ["a warehouse that is away", new Failure("transient", "x"), tableCheck("c", [rowsOfGames]), { cause: "warehouse", isPassing: true }],
  [
    "what the adapter names",
    new Failure("needs-human", "x", { about: "dataset raw" }),
    sqlCheck("s", "select 1", [column("n")]),
    { cause: "dataset raw", isPassing: false },
  ],
])("what could not be looked at says why: %s", async ([, error, check, fault]) => {
  const { judged } = await evaluate([check], { warehouse: failing(error) });
  expect(judged[0]!.fault).toEqual(fault);
});

const sampled = { config: { timezone }, showsRows: true };

test.for<[name: string, metric: Metric, samples: readonly object[] | undefined]>([
  [
    "rows without a value",
    metric("null_rate", "points", { fail: plain(">", 0) }),
    ["001", "002", "003"].map((game) => ({ game, player: "1", points: null })),
  ],
  ["rows that are zero", metric("zero_rate", "points", { where: "game = '002'", fail: plain(">", 0) }), [{ game: "002", points: "0" }]],
  ["the greatest values", metric("max", "points", { fail: plain(">", 0) }), ["001", "002", "003"].map((game) => ({ game, points: "20" }))],
  ["the least value", metric("min", "points", { where: "game = '001'", fail: plain("<", 1) }), [{ points: "0" }, { points: "3" }]],
  ["no row of a sum", metric("sum", "points", { fail: plain(">", 0) }), undefined],
  ["no row of what is well", metric("null_rate", "points", { fail: plain(">", 99) }), undefined],
])("a finding carries %s", async ([, given, samples]) => {
  const [found] = (await evaluateOne(tableCheck("c", [given], { entity: "game" }), sampled)).metrics;
  expect(found!.samples?.slice(0, samples?.length)).toEqual(samples?.map((row) => expect.objectContaining(row) as object));
  expect(found!.samples === undefined || found!.samples.length <= 5).toBe(true);
});

test("rows of a key that stands twice are shown, without what is masked", async () => {
  await connection.run("CREATE OR REPLACE TABLE mails AS SELECT * FROM (VALUES (1, 'a@b'), (1, 'c@d'), (2, 'e@f')) t(id, mail)");
  const check = { table: "mails", day: undefined, on: "any", masked: ["MAIL"] };
  const statements: string[] = [];
  const listening: Warehouse = { ...warehouse, query: (sql) => (statements.push(sql), warehouse.query(sql)) };
  const [found] = (
    await evaluateOne(tableCheck("c", [metric("duplicate_count", ["id"], { fail: plain(">", 0) })], check), {
      ...sampled,
      warehouse: listening,
    })
  ).metrics;
  expect(found!.samples).toEqual([
    { id: "1", mail: "***" },
    { id: "1", mail: "***" },
  ]);
  expect(statements[1]).toBe(
    `SELECT "id", '***' AS "mail" FROM "mails" QUALIFY count(*) OVER (PARTITION BY "id") > 1 ORDER BY "id" LIMIT 5`,
  );
});

test.for<[name: string, check: Check, calendar: boolean, wanted: object]>([
  [
    "a table",
    tableCheck("c", [metric("count", "*", { fail: parseCondition("< 50% of median 4d")! })], { table: "daily" }),
    false,
    { verdict: "finding" },
  ],
  [
    "a table of which the calendar lists some days only",
    tableCheck("c", [metric("count", "*", { fail: parseCondition("< 50% of median 4d")! })], { table: "daily" }),
    true,
    { verdict: "not_applicable", reason: "too little history (2 of 3)" },
  ],
  [
    "rows of due entities",
    tableCheck("c", [metric("count", "*", { fail: parseCondition("< 50% of median 10d")! })], { table: "daily", entity: "id" }),
    true,
    { verdict: "ok", metrics: [{ actual: 1, expected: "< 0.5 (50% of median 10d)" }] },
  ],
  [
    "a statement",
    sqlCheck(
      "c",
      "select count(*) as n from daily where d = @day -- all;",
      [{ name: "n", columns: [], fail: parseCondition("< 50% of median 4d")! }],
      { daysAgo: 1 },
    ),
    false,
    { verdict: "finding", reason: "4 < 5 (50% of median 4d)" },
  ],
])("earlier days are those of the warehouse, in a second query: %s", async ([, check, hasCalendar, wanted]) => {
  await connection.run(`
    CREATE OR REPLACE TABLE daily AS SELECT DATE '2026-02-09' - CAST(d AS INTEGER) AS d, i AS id FROM range(11) a(d), range(10) b(i) WHERE d > 0 OR i < 4;
    CREATE OR REPLACE TABLE dailyplan AS SELECT DATE '2026-02-09' - CAST(d AS INTEGER) AS d, '003.0' AS id FROM range(0, 11, 2) a(d);
  `);
  const plan: Calendar = { table: "dailyplan", day: "d", entity: "id", dueAfterMs: 0, ends: "unknown" };
  const { checks, queries } = await evaluate([check], { config: { timezone, ...(hasCalendar ? { calendar: plan } : {}) } });
  expect(checks).toMatchObject([wanted]);
  expect(queries).toBe(hasCalendar ? 3 : 2);
});
