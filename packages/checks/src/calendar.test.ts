import type { Calendar } from "@kintsugi/config/model";
import type { JsonObject } from "@kintsugi/ports/json";
import type { Warehouse } from "@kintsugi/ports/warehouse";
import { expect, test } from "vitest";
import { compileCalendar, compileCalendarEnd, endBefore, readCalendar, readLastDay } from "./calendar.ts";

const calendar: Calendar = {
  table: "nba.schedule",
  day: "game_date",
  entity: "game_id",
  starts: "tipoff",
  where: "a or b",
  dueAfterMs: 3_600_000,
  ends: "unknown",
};

const question = { calendar, timezone: "America/New_York", days: ["2026-02-09"], types: undefined };

test("the calendar is asked for its days, in either dialect", () => {
  expect(compileCalendar("duckdb", question)).toBe(
    `SELECT DISTINCT CAST("game_date" AS VARCHAR) AS day, CAST("game_id" AS VARCHAR) AS entity, epoch_us(CAST("tipoff" AS TIMESTAMPTZ)) AS starts FROM "nba"."schedule" WHERE "game_date" = DATE '2026-02-09' AND (a or b\n) ORDER BY 1, 2`,
  );
  expect(compileCalendar("bigquery", { ...question, days: ["2026-02-02", "2026-02-09"] })).toBe(
    "SELECT DISTINCT CAST(`game_date` AS STRING) AS day, CAST(`game_id` AS STRING) AS entity, UNIX_MICROS(CAST(`tipoff` AS TIMESTAMP)) AS starts FROM `nba`.`schedule` WHERE `game_date` IN (DATE '2026-02-02', DATE '2026-02-09') AND (a or b\n) ORDER BY 1, 2",
  );
});

test("a calendar whose days are times is asked by the business day's bounds", () => {
  const types = new Map([["game_date", "instant"]] as const);
  const label = `CASE WHEN ("game_date" >= TIMESTAMPTZ '2026-02-09 05:00:00+00' AND "game_date" < TIMESTAMPTZ '2026-02-10 05:00:00+00') THEN '2026-02-09' END`;
  expect(compileCalendar("duckdb", { ...question, types })).toContain(`SELECT DISTINCT ${label} AS day,`);
});

const questionAt = (nowMs: number) => ({ ...question, nowMs });
const tipoffMs = Date.parse("2026-02-10T00:00:00Z");
const listed = (rows: readonly JsonObject[]): Warehouse => ({
  dialect: "duckdb",
  query: async () => ({ rows: rows.map((row) => ({ day: "2026-02-09", ...row })), bytes: 5 }),
  columns: async () => [],
});

test.for<[name: string, rows: readonly JsonObject[], minutesAfterTipoff: number, expected: { listed: string[]; due: string[] }]>([
  ["nothing is listed", [], 600, { listed: [], due: [] }],
  ["one is listed and not due", [{ entity: "g1", starts: tipoffMs * 1_000 }], 59, { listed: ["g1"], due: [] }],
  ["one is due to the moment", [{ entity: "g1", starts: tipoffMs * 1_000 }], 60, { listed: ["g1"], due: ["g1"] }],
  ["a start that comes as text", [{ entity: "g1", starts: String(tipoffMs * 1_000) }], 60, { listed: ["g1"], due: ["g1"] }],
  ["one without a start is not due before its day is over", [{ entity: "g1", starts: null }], 359, { listed: ["g1"], due: [] }],
  ["one without a start starts when its day is over", [{ entity: "g1", starts: null }], 360, { listed: ["g1"], due: ["g1"] }],
  ["a row that names nothing", [{ entity: null, starts: tipoffMs * 1_000 }], 600, { listed: [], due: [] }],
  [
    "two spellings of a number are one",
    [
      { entity: "007", starts: tipoffMs * 1_000 },
      { entity: "7.0", starts: tipoffMs * 1_000 },
    ],
    60,
    { listed: ["007"], due: ["007"] },
  ],
  [
    "one that stands twice is listed once",
    [
      { entity: "g1", starts: tipoffMs * 1_000 },
      { entity: "g1", starts: (tipoffMs + 7_200_000) * 1_000 },
    ],
    60,
    { listed: ["g1"], due: ["g1"] },
  ],
])("%s", async ([, rows, minutes, expected]) => {
  const read = await readCalendar(listed(rows), questionAt(tipoffMs + minutes * 60_000));
  expect(read.get("2026-02-09")).toEqual(expected);
});

test("without a column of starts all that is listed is due", async () => {
  const { starts: _starts, ...whole } = calendar;
  expect(compileCalendar("duckdb", { ...question, calendar: whole })).not.toContain("starts");
  const rows = listed([{ entity: "g1" }, { entity: "g2" }]);
  const read = await readCalendar(rows, { ...questionAt(0), calendar: whole });
  expect(read.get("2026-02-09")).toEqual({ listed: ["g1", "g2"], due: ["g1", "g2"] });
});

test("the end of the calendar is that of its table, whatever its filter says, in either dialect", () => {
  expect(compileCalendarEnd("duckdb", calendar)).toBe(`SELECT CAST(max("game_date") AS VARCHAR) AS last_day FROM "nba"."schedule"`);
  expect(compileCalendarEnd("bigquery", calendar)).toBe("SELECT CAST(max(`game_date`) AS STRING) AS last_day FROM `nba`.`schedule`");
});

test.for<[lastDay: string | null, end: string | undefined]>([
  ["2026-02-08", "the calendar ends on 2026-02-08"],
  ["2026-02-08 23:30:00", "the calendar ends on 2026-02-08"],
  ["2026-02-09", undefined],
  ["2026-04-30", undefined],
  [null, "the calendar is empty"],
])("a calendar whose last day is %s says of 2026-02-09: %s", async ([lastDay, end]) => {
  expect(endBefore("2026-02-09", await readLastDay(listed([{ last_day: lastDay }]), question))).toBe(end);
});

test("the end of a calendar of times is a business day", async () => {
  const types = new Map([["game_date", "instant"]] as const);
  const lateEvening = Date.parse("2026-02-09T03:30:00Z") * 1_000;
  expect(await readLastDay(listed([{ last_day: lateEvening }]), { ...question, types })).toBe("2026-02-08");
});
