/** What is expected on a business day: what the calendar lists, what of it is due, and where the calendar ends. */

import type { Calendar } from "@kintsugi/config/model";
import type { JsonObject } from "@kintsugi/ports/json";
import type { Dialect, Warehouse } from "@kintsugi/ports/warehouse";
import { dateLiteral, identifier, tableName } from "@kintsugi/ports/sql-text";
import { endOfDay } from "./business-day.ts";
import { asCondition } from "./compile.ts";

export type Expected = {
  /** All that the calendar lists, but for what was waived. */
  readonly listed: readonly string[];
  /** Of these, what is due: now >= starts + due_after. */
  readonly due: readonly string[];
  /** What the calendar lists too, and nobody waits for. */
  readonly waived?: readonly string[];
};

export type CalendarQuestion = {
  readonly calendar: Calendar;
  readonly timezone: string;
  readonly day: string;
  readonly nowMs: number;
};

export function compileCalendar(dialect: Dialect, calendar: Calendar, day: string): string {
  const starts = calendar.starts === undefined ? "" : `, ${micros(dialect, identifier(dialect, calendar.starts))} AS starts`;
  const where = calendar.where === undefined ? "" : ` AND ${asCondition(calendar.where)}`;
  const columns = `CAST(${identifier(dialect, calendar.entity)} AS ${textType(dialect)}) AS entity${starts}`;
  const from = `${tableName(dialect, calendar.table)} WHERE ${identifier(dialect, calendar.day)} = ${dateLiteral(day)}${where}`;
  return `SELECT DISTINCT ${columns} FROM ${from} ORDER BY 1`;
}

/** The last day of the table, whatever the calendar's own `where` says: one that lists other kinds of work has not run out. */
export function compileCalendarEnd(dialect: Dialect, { table, day }: Pick<Calendar, "table" | "day">): string {
  return `SELECT CAST(max(${identifier(dialect, day)}) AS ${textType(dialect)}) AS last_day FROM ${tableName(dialect, table)}`;
}

export async function readCalendar(warehouse: Warehouse, question: CalendarQuestion): Promise<Expected> {
  const { calendar, day } = question;
  const { rows: all } = await warehouse.query(compileCalendar(warehouse.dialect, calendar, day));
  // A row that names nothing expects nothing.
  const rows = all.filter((row) => row["entity"] !== null);
  const listed = [...new Set(rows.map((row) => String(row["entity"])))];
  const due = new Set(rows.filter((row) => isDue(row, question)).map((row) => String(row["entity"])));
  return { listed, due: listed.filter((entity) => due.has(entity)) };
}

/** Why the calendar says nothing of a day of which it lists nothing; undefined where the table goes on to that day or beyond. */
export async function readCalendarEnd(warehouse: Warehouse, calendar: Calendar, day: string): Promise<string | undefined> {
  const { rows } = await warehouse.query(compileCalendarEnd(warehouse.dialect, calendar));
  const last = rows[0]?.["last_day"];
  if (last === undefined || last === null) return "the calendar is empty";
  const lastDay = String(last).slice(0, day.length);
  return lastDay < day ? `the calendar ends on ${lastDay}` : undefined;
}

/** Nobody knows when one without a start begins; when its day is over it has begun. */
function isDue(row: JsonObject, { calendar, timezone, day, nowMs }: CalendarQuestion): boolean {
  if (calendar.starts === undefined) return true;
  const startsMs = row["starts"] === null ? endOfDay(day, timezone) : Number(row["starts"]) / 1_000;
  return nowMs >= startsMs + calendar.dueAfterMs;
}

function micros(dialect: Dialect, column: string): string {
  return dialect === "duckdb" ? `epoch_us(CAST(${column} AS TIMESTAMP))` : `UNIX_MICROS(CAST(${column} AS TIMESTAMP))`;
}

function textType(dialect: Dialect): string {
  return dialect === "duckdb" ? "VARCHAR" : "STRING";
}
