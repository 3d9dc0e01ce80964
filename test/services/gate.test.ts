import { DuckDBInstance } from "@duckdb/node-api";
import type { GateDecided } from "@kintsugi/events/gate";
import type { Dependencies, RouteOutcome } from "@kintsugi/function-kit/declaration";
import { deliverEvents } from "@kintsugi/function-kit/deliver-events";
import { gate } from "@kintsugi/gate/function";
import { duckdbWarehouse } from "@kintsugi/local/duckdb-warehouse";
import { Failure } from "@kintsugi/ports/failure";
import type { JsonObject } from "@kintsugi/ports/json";
import type { Warehouse } from "@kintsugi/ports/warehouse";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { configOf, type DocumentStage, messageOf, openDocuments } from "../support/service-stage.ts";

const text = (gate: string) => `
calendar: { table: nba_raw.schedule, day: game_date, entity: game_id, where: "season_type <> 'exhibition'", starts: tipoff_utc, due_after: 6h }
phases:
  scrape: {}
  raw:
    checks:
      boxscores:
        table: nba_raw.boxscores
        day: game_date
        entity: game_id
        severity: critical
        metrics:
          games:  { count_distinct: game_id, fail: "< expected" }
          rows:   { count: "*", warn: "< 20 * expected", fail: "< 15 * expected" }
          names:  { null_count: player_name, fail: "> 0" }
          points: { null_rate: points, where: "minutes > 0", fail: "> 5%" }
          twins:  { duplicate_count: [game_id, player_id], fail: "> 0" }
          age:    { age: scraped_at, warn: "> 12h", fail: "> 24h" }
  analytics: {}
gates:
  raw-to-analytics: { before: analytics, checks: [raw.boxscores], consumers: { analytics: block, reports: warn }${gate} }
`;
const config = configOf(text(""));
/** The ten games of the 9th, tipped off at midnight UTC, have been due for nine hours. */
const morning = "2026-02-10T15:00:00Z";

let instance: DuckDBInstance;
let run: (sql: string) => Promise<unknown>;
let warehouse: Warehouse;
let stage: DocumentStage;
let slept: number[];

type Options = { readonly gate?: string; readonly nowAt?: string; readonly config?: typeof config; readonly warehouse?: Warehouse };

function dependencies({ nowAt = morning, config: asked = config, warehouse: answering = warehouse }: Options): Dependencies {
  const clock = { now: () => Date.parse(nowAt), sleep: async (ms: number) => void slept.push(ms) };
  return { config: asked, warehouse: answering, documents: stage.documents, clock } as unknown as Dependencies;
}

/** The gate's own route, as the shell calls it. */
async function ask(body: unknown, options: Options = {}): Promise<RouteOutcome> {
  const [route] = gate.routes!(dependencies(options));
  if (route === undefined || route.reads === "bytes") throw new Error("the gate has no such route");
  return await route.handle({ params: { gate: options.gate ?? "raw-to-analytics" }, body, nowMs: Date.parse(options.nowAt ?? morning) });
}

/** What an operator says; answers with the reasons of what was refused so far. */
async function say(word: JsonObject, at = "2026-02-10T14:00:00Z"): Promise<readonly string[]> {
  const event = { id: `${at} ${JSON.stringify(word)}`, time: at, ...word };
  await deliverEvents(gate, dependencies({ nowAt: at }), () => {})([messageOf("operator", event, Date.parse(at))]);
  return (await stage.documents.list("kintsugi_dead_letters")).map(({ data }) => String(data["reason"]));
}

function observationsOf({ publish }: RouteOutcome): GateDecided["observations"] {
  return (publish![0]!.data as GateDecided).observations;
}

beforeAll(async () => {
  instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  run = (sql) => connection.run(sql);
  await run(`SET TimeZone = 'UTC';
    CREATE SCHEMA nba_raw;
    CREATE TABLE nba_raw.schedule (game_id VARCHAR, game_date DATE, tipoff_utc TIMESTAMP, season_type VARCHAR);
    CREATE TABLE nba_raw.boxscores (game_id VARCHAR, game_date DATE, player_id VARCHAR, player_name VARCHAR, minutes DOUBLE, points DOUBLE, scraped_at TIMESTAMP)`);
  warehouse = duckdbWarehouse(async () => connection);
});
afterAll(() => instance.closeSync());
beforeEach(async () => {
  stage = openDocuments();
  slept = [];
  // The calendar goes on beyond the days that are asked about.
  await run(`DELETE FROM nba_raw.schedule; DELETE FROM nba_raw.boxscores;
    INSERT INTO nba_raw.schedule VALUES ('later', '2026-04-12', '2026-04-12 23:00', 'regular')`);
});
afterEach(() => stage.close());

type Game = { readonly rows?: number; readonly tipoff?: string; readonly scraped?: string };

/** Schedules games g01, g02, … of 2026-02-09 and plays them with 36 rows each; 10 of them did not play. */
async function play(games: readonly Game[], season = "regular"): Promise<void> {
  for (const [index, { rows = 36, tipoff = "2026-02-10 00:00", scraped = "2026-02-10 10:00" }] of games.entries()) {
    const id = `g${String(index + 1).padStart(2, "0")}`;
    await run(`INSERT INTO nba_raw.schedule VALUES ('${id}', '2026-02-09', '${tipoff}', '${season}');
      INSERT INTO nba_raw.boxscores SELECT '${id}', '2026-02-09', '${id}-p' || i, 'player ' || i,
        CASE WHEN i < 10 THEN NULL ELSE 20 END, CASE WHEN i < 10 THEN NULL ELSE 9 END, '${scraped}' FROM range(${rows}) t(i)`);
  }
}
const all = (count: number, change: Game = {}): readonly Game[] => Array.from({ length: count }, () => change);

test("ten games, all there and fresh: proceed", async () => {
  await play(all(10));
  const { status, body, publish } = await ask({ consumer: "analytics" });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    status: "proceed",
    can_proceed: true,
    quality_score: 1,
    completeness_pct: 100,
    expected_count: 10,
    actual_count: 10,
    missing_items: [],
    quality_issues: [],
    day: "2026-02-09",
    consumer: "analytics",
    context: "live",
    gate: "raw-to-analytics",
  });
  expect(publish).toMatchObject([{ type: "gate.decided", subject: "raw-to-analytics", data: { status: "proceed" } }]);
});

test("points are missing only for who did not play: proceed", async () => {
  await play(all(10));
  expect((await ask({})).body).toMatchObject({ status: "proceed" });
});

test("all names are missing: block", async () => {
  await play(all(5));
  await run("UPDATE nba_raw.boxscores SET player_name = NULL");
  expect((await ask({})).body).toMatchObject({
    status: "block",
    can_proceed: false,
    quality_issues: ["raw.boxscores.names: 180 > 0"],
    severity: "critical",
  });
});

test("games are missing: wait until they are due, then block with each named", async () => {
  await play([...all(8), ...all(6, { rows: 0, tipoff: "2026-02-10 03:30" })]);
  expect((await ask({}, { nowAt: "2026-02-10T09:29:00Z" })).body).toMatchObject({
    status: "wait",
    can_proceed: false,
    expected_count: 8,
    actual_count: 8,
  });
  expect((await ask({}, { nowAt: "2026-02-10T09:30:00Z" })).body).toMatchObject({
    status: "block",
    missing_items: ["g09", "g10", "g11", "g12", "g13", "g14"],
    expected_count: 14,
    actual_count: 8,
    message: "blocked: 6 of 14 missing: g09, g10, g11, g12, g13, g14",
  });
});

test("five games are in progress, with zeros: the six that are due are judged alone, and the gate waits", async () => {
  await play([...all(6), ...all(5, { tipoff: "2026-02-10 14:00", rows: 3 })]);
  expect((await ask({})).body).toMatchObject({
    status: "wait",
    message: "wait: 5 of 11 not due yet",
    quality_issues: [],
    expected_count: 6,
  });
});

test("30 days old data are no fault in a backfill, and are in live use", async () => {
  await play(all(4, { scraped: "2026-01-11 10:00" }));
  expect((await ask({ day: "2026-02-09", context: "backfill" })).body).toMatchObject({ status: "proceed", context: "backfill" });
  expect((await ask({ day: "2026-02-09" })).body).toMatchObject({ status: "block" });
});

test("no games: nothing expected, and nothing vetoes", async () => {
  expect((await ask({})).body).toMatchObject({ status: "proceed", checks: [{ verdict: "not_applicable", reason: "nothing expected" }] });
});

test("exhibition games alone: nothing expected", async () => {
  await play(all(3, { rows: 0 }), "exhibition");
  expect((await ask({})).body).toMatchObject({ status: "proceed", expected_count: 0, missing_items: [] });
});

test("every row twice: block", async () => {
  await play(all(10));
  await run("INSERT INTO nba_raw.boxscores SELECT * FROM nba_raw.boxscores");
  expect((await ask({})).body).toMatchObject({ status: "block", quality_issues: ["raw.boxscores.twins: 360 > 0"] });
});

test("one game has three rows, though all together are enough: block, and the game is named", async () => {
  await play([...all(9), { rows: 3 }]);
  const { body } = await ask({});
  expect(body).toMatchObject({ status: "block", missing_items: [] });
  expect(body["quality_issues"]).toEqual([expect.stringMatching(/^raw\.boxscores\.rows: thin g10 \(3\), each needs 15$/)]);
});

test("a query that fails is unknown: block; with on_unknown: proceed, a warning", async () => {
  await play(all(2));
  await run("ALTER TABLE nba_raw.boxscores RENAME COLUMN player_name TO full_name");
  expect((await ask({})).body).toMatchObject({ status: "block", verdict: "block", checks: [{ verdict: "unknown" }] });
  expect((await ask({}, { config: configOf(text(", on_unknown: proceed")) })).body).toMatchObject({
    status: "proceed_with_warning",
    can_proceed: true,
  });
  await run("ALTER TABLE nba_raw.boxscores RENAME COLUMN full_name TO player_name");
});

test.for<[name: string, metrics: string]>([
  ["a count of distinct games", 'games: { count_distinct: game_id, fail: "< expected" }'],
  ["a count against a number", 'rows: { count: "*", fail: "< 300" }'],
  ["nothing that minds", 'names: { null_count: player_name, fail: "> 0" }'],
])("games without a row are counted and named whatever is measured: %s", async ([, metrics]) => {
  await play([...all(7), ...all(3, { rows: 0 })]);
  const other = configOf(text("").replace(/metrics:[\s\S]*?analytics: \{\}/, `metrics: { ${metrics} }\n  analytics: {}`));
  const { body, publish } = await ask({}, { config: other });
  const seen = { expected_count: 10, actual_count: 7, completeness_pct: 70, missing_items: ["g08", "g09", "g10"] };
  expect(body).toMatchObject({ ...seen, quality_metadata: { queries: 2 } });
  expect(publish).toMatchObject([{ data: seen }]);
});

test("a table that is gone tells of no row: nothing is there, and nothing is said to be missing", async () => {
  await play(all(10));
  const gone = configOf(text("").replace("table: nba_raw.boxscores", "table: nba_raw.gone"));
  expect((await ask({}, { config: gone })).body).toMatchObject({
    status: "block",
    expected_count: 10,
    actual_count: 0,
    completeness_pct: 0,
    missing_items: [],
  });
});

test.for<[name: string, body: object, status: string, days: readonly (string | undefined)[]]>([
  ["without a day each check keeps its own", {}, "block", ["2026-02-09", "2026-02-07", undefined]],
  ["the day of the call replaces all of them", { day: "2026-02-09" }, "proceed", ["2026-02-09", "2026-02-09", "2026-02-09"]],
])("%s", async ([, body, status, days]) => {
  await play(all(1));
  const check = (on: string) => `{ table: nba_raw.boxscores, day: game_date, on: ${on}, metrics: { rows: { count: "*", fail: "< 1" } } }`;
  const three = configOf(`
phases: { raw: { checks: { one: ${check("yesterday")}, two: ${check("3 days ago")}, three: ${check("any")} } }, analytics: {} }
gates: { raw-to-analytics: { before: analytics, checks: [raw.one, raw.two, raw.three] } }
`);
  const answer = (await ask(body, { config: three })).body;
  expect(answer).toMatchObject({ status, day: "2026-02-09" });
  expect((answer["checks"] as { day?: string }[]).map(({ day }) => day)).toEqual(days);
});

test("a game that cannot exist blocks by name for as long as the calendar lists it", async () => {
  await play([...all(9), { rows: 0 }]);
  expect((await ask({ day: "2026-02-09", context: "backfill" }, { nowAt: "2026-02-13T15:00:00Z" })).body).toMatchObject({
    status: "block",
    missing_items: ["g10"],
  });
});

test("an override lets through, and keeps the true verdict and who said so", async () => {
  await play([...all(4), ...all(6, { rows: 0 })]);
  const override = { context: "override", actor: "ann", reason: "six games were called off", expires: "2026-02-11T00:00:00Z" };
  expect((await ask(override)).body).toMatchObject({
    status: "proceed_with_warning",
    can_proceed: true,
    verdict: "block",
    quality_score: expect.closeTo(4 / 6, 5) as number,
    override: { actor: "ann", reason: "six games were called off", expires: "2026-02-11T00:00:00Z" },
    missing_items: ["g05", "g06", "g07", "g08", "g09", "g10"],
  });
});

test.for<[consumer: string, status: string]>([
  ["analytics", "block"],
  ["reports", "proceed_with_warning"],
  ["a stranger", "block"],
])("a veto means to %s: %s", async ([consumer, status]) => {
  await play([{ rows: 0 }]);
  expect((await ask({ consumer })).body).toMatchObject({ status, verdict: "block" });
});

test("checks that ask no calendar do not hide that it cannot be read", async () => {
  const blind = configOf(`
calendar: { table: nba_raw.no_such_table, day: game_date, entity: game_id }
phases: { raw: { checks: { tables: { sql: select 1 as n, metrics: { n: { fail: "< 1" } } } } }, analytics: {} }
gates: { raw-to-analytics: { before: analytics, checks: [raw.tables] } }
`);
  expect((await ask({}, { config: blind })).body).toMatchObject({ status: "block", checks: [{ verdict: "ok" }] });
});

test("the day of the call replaces the checks' own", async () => {
  await play(all(2));
  expect((await ask({ day: "2026-02-08" })).body).toMatchObject({ day: "2026-02-08", expected_count: 0, status: "proceed" });
});

test.for<[name: string, body: unknown, status: number, error: RegExp]>([
  ["no object", "yes", 400, /body/],
  ["null", null, 400, /body/],
  ["an unknown key", { days: "2026-02-09" }, 400, /days/],
  ["a day that does not exist", { day: "2026-02-30" }, 400, /day/],
  ["a day in another form", { day: "09.02.2026" }, 400, /day/],
  ["an unknown context", { context: "test" }, 400, /context/],
  [
    "an override without a reason",
    { context: "override", actor: "ann", expires: "2026-02-11T00:00:00Z" },
    400,
    /actor, reason and expires/,
  ],
  ["an override without an actor", { context: "override", reason: "r", expires: "2026-02-11T00:00:00Z" }, 400, /actor, reason and expires/],
  ["an override without an end", { context: "override", actor: "ann", reason: "r" }, 400, /actor, reason and expires/],
  ["an override that has ended", { context: "override", actor: "ann", reason: "r", expires: "2026-02-10T15:00:00Z" }, 400, /expired/],
])("refuses %s with the reason, and publishes nothing", async ([, body, status, error]) => {
  const answer = await ask(body);
  expect(answer).toMatchObject({ status, body: { error: expect.stringMatching(error) as string } });
  expect(answer.publish).toBeUndefined();
});

test("a gate that does not exist is 404, and the answer names those that do", async () => {
  expect(await ask({}, { gate: "raw-to-moon" })).toMatchObject({
    status: 404,
    body: { error: expect.stringMatching(/^there is no gate raw-to-moon; there are raw-to-analytics/) as string },
  });
});

const asked = { consumer: "analytics", day: "2026-02-09" };
const subject = { kind: "gate", gate: "raw-to-analytics" };
const spot = { kind: "blind-spot", function: "gate", about: "raw-to-analytics" };
const day = "2026-02-09";

test("a calendar that has run out blocks, and says where it ends", async () => {
  const outcome = await ask({ ...asked, day: "2026-04-20" });
  expect(outcome.body).toMatchObject({ status: "block", message: "blocked: the calendar ends on 2026-04-12" });
  expect(observationsOf(outcome)).toMatchObject([{ subject: spot, verdict: "finding", cause: "table nba_raw.schedule" }]);
});

test("who is held back on bad data is told of, and who is only warned is not", async () => {
  await play([...all(9), { rows: 0 }]);
  const outcome = await ask(asked);
  expect(outcome.body).not.toHaveProperty("observations");
  expect(observationsOf(outcome)).toMatchObject([
    {
      subject,
      verdict: "finding",
      day,
      who: "analytics",
      severity: "critical",
      facts: ["blocked: 1 of 10 missing: g10", expect.anything(), expect.anything()],
    },
  ]);
  expect(observationsOf(await ask({ ...asked, consumer: "reports" }))).toEqual([]);
  expect(observationsOf(await ask({ ...asked, context: "backfill" }))).toEqual([]);
});

test("a warehouse that is away for some seconds is asked again before anything is held back", async () => {
  await play(all(10));
  let failures = 3;
  const away: Warehouse = {
    ...warehouse,
    query: async (sql) => (failures-- > 0 ? await Promise.reject(new Failure("transient", "locked")) : await warehouse.query(sql)),
  };
  expect((await ask(asked, { warehouse: away })).body).toMatchObject({ status: "proceed" });
  expect(slept.length).toBeGreaterThan(0);
});

test("a warehouse that stays away blocks after ten seconds, and one that is wrong at once", async () => {
  const failing = (failure: Failure): Warehouse => ({
    dialect: "duckdb",
    query: async () => await Promise.reject(failure),
    columns: async () => await Promise.reject(failure),
  });
  const outcome = await ask(asked, { warehouse: failing(new Failure("transient", "locked")) });
  expect(outcome.body).toMatchObject({ status: "block" });
  expect(slept).toEqual([1_000, 2_000, 3_000, 4_000]);
  expect(observationsOf(outcome)).toMatchObject([{ subject: spot, verdict: "finding", day, cause: "warehouse" }]);
  slept = [];
  await ask(asked, { warehouse: failing(new Failure("permanent", "no such table")) });
  expect(slept).toEqual([]);
});

test("while the pipeline rests, nothing is looked at and nothing is held back", async () => {
  await stage.set("kintsugi_operator", "mode", { mode: "off-season", at: "2026-02-01T00:00:00Z", reason: "no games before October" });
  const outcome = await ask(asked);
  expect(outcome.body).toMatchObject({ status: "proceed", can_proceed: true, message: "off-season: no games before October", checks: [] });
  expect(observationsOf(outcome)).toMatchObject([{ subject, verdict: "not_applicable", day }]);
});

test("a day that an operator lets through proceeds with a warning until then, with the true verdict beside it", async () => {
  await play([...all(9), { rows: 0 }]);
  const word = {
    type: "gate.overridden",
    gate: "raw-to-analytics",
    day,
    actor: "ann",
    reason: "called off",
    until: "2026-02-10T18:00:00Z",
  };
  expect(await say(word)).toEqual([]);
  const outcome = await ask(asked);
  expect(outcome.body).toMatchObject({
    status: "proceed_with_warning",
    can_proceed: true,
    verdict: "block",
    message: "overridden by ann: called off (blocked: 1 of 10 missing: g10)",
    override: { actor: "ann", reason: "called off", expires: "2026-02-10T18:00:00.000Z" },
  });
  expect(observationsOf(outcome)).toEqual([
    { subject, verdict: "ok", day },
    { subject: spot, verdict: "ok", day },
  ]);
  expect((await ask(asked, { nowAt: "2026-02-10T18:00:00Z" })).body).toMatchObject({ status: "block" });
});

test("an entity that an operator waives is expected no more, and is named in each decision", async () => {
  await play([...all(9), { rows: 0 }]);
  await say({ type: "gate.waived", gate: "raw-to-analytics", entity: "g10", actor: "ann", reason: "called off" });
  expect((await ask(asked)).body).toMatchObject({
    status: "proceed",
    expected_count: 9,
    message: "proceed: all 9 there; waived: g10",
    waived: [{ entity: "g10", actor: "ann", reason: "called off" }],
  });
});

test("a word about a gate that does not exist is refused with the nearest", async () => {
  expect(await say({ type: "gate.waived", gate: "raw-to-analytic", entity: "g1" })).toEqual([
    "there is no gate raw-to-analytic; did you mean raw-to-analytics?",
  ]);
});
