import type { Calendar } from "@kintsugi/config/model";
import type { JsonObject } from "@kintsugi/ports/json";
import type { Warehouse } from "@kintsugi/ports/warehouse";
import { expect, test } from "vitest";
import { compileCalendar, compileCalendarEnd, readCalendar, readCalendarEnd } from "./calendar.ts";

const calendar: Calendar = {
  table: "nba.schedule",
  day: "game_date",
  entity: "game_id",
  starts: "tipoff",
  where: "a or b",
  dueAfterMs: 3_600_000,
  ends: "unknown",
};

test("the calendar is asked for one day, in either dialect", () => {
  expect(compileCalendar("duckdb", calendar, "2026-02-09")).toBe(
    `SELECT DISTINCT CAST("game_id" AS VARCHAR) AS entity, epoch_us(CAST("tipoff" AS TIMESTAMP)) AS starts FROM "nba"."schedule" WHERE "game_date" = DATE '2026-02-09' AND (a or b\n) ORDER BY 1`,
  );
  expect(compileCalendar("bigquery", calendar, "2026-02-09")).toBe(
    "SELECT DISTINCT CAST(`game_id` AS STRING) AS entity, UNIX_MICROS(CAST(`tipoff` AS TIMESTAMP)) AS starts FROM `nba`.`schedule` WHERE `game_date` = DATE '2026-02-09' AND (a or b\n) ORDER BY 1",
  );
});

const questionAt = (nowMs: number) => ({ calendar, timezone: "America/New_York", day: "2026-02-09", nowMs });
const tipoffMs = Date.parse("2026-02-10T00:00:00Z");
const listed = (rows: readonly JsonObject[]): Warehouse => ({ dialect: "duckdb", query: async () => ({ rows, bytes: 5 }) });

test.for<[name: string, rows: readonly JsonObject[], minutesAfterTipoff: number, expected: { listed: string[]; due: string[] }]>([
  ["nothing is listed", [], 600, { listed: [], due: [] }],
  ["one is listed and not due", [{ entity: "g1", starts: tipoffMs * 1_000 }], 59, { listed: ["g1"], due: [] }],
  ["one is due to the moment", [{ entity: "g1", starts: tipoffMs * 1_000 }], 60, { listed: ["g1"], due: ["g1"] }],
  ["a start that comes as text", [{ entity: "g1", starts: String(tipoffMs * 1_000) }], 60, { listed: ["g1"], due: ["g1"] }],
  ["one without a start is not due before its day is over", [{ entity: "g1", starts: null }], 359, { listed: ["g1"], due: [] }],
  ["one without a start starts when its day is over", [{ entity: "g1", starts: null }], 360, { listed: ["g1"], due: ["g1"] }],
  ["a row that names nothing", [{ entity: null, starts: tipoffMs * 1_000 }], 600, { listed: [], due: [] }],
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
  expect(await readCalendar(listed(rows), questionAt(tipoffMs + minutes * 60_000))).toEqual(expected);
});

test("without a column of starts all that is listed is due", async () => {
  const { starts: _starts, ...whole } = calendar;
  expect(compileCalendar("duckdb", whole, "2026-02-09")).not.toContain("starts");
  const rows = listed([{ entity: "g1" }, { entity: "g2" }]);
  expect(await readCalendar(rows, { ...questionAt(0), calendar: whole })).toEqual({ listed: ["g1", "g2"], due: ["g1", "g2"] });
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
  expect(await readCalendarEnd(listed([{ last_day: lastDay }]), calendar, "2026-02-09")).toBe(end);
});
