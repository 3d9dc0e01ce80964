/** What is expected on business days: what the calendar lists, what of it is due, and where the calendar ends. */

import type { Calendar } from "@kintsugi/config/model";
import type { JsonObject } from "@kintsugi/ports/json";
import type { ColumnType } from "@kintsugi/ports/column-type";
import type { Dialect, Warehouse } from "@kintsugi/ports/warehouse";
import { asText, identifier, tableName } from "@kintsugi/ports/sql-text";
import { asCondition } from "./aggregate.ts";
import { businessDay, endOfDay } from "./business-day.ts";
import { type ColumnTypes, typeOf } from "./compile.ts";
import { dayLabel, instantOf, rowsOfDays } from "./day-rows.ts";
import { entityKey, entityText, keyColumn } from "./entity-key.ts";

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
  /** At least one. */
  readonly days: readonly string[];
  readonly nowMs: number;
  /** Undefined where nobody could tell. */
  readonly types: ColumnTypes | undefined;
};

export function compileCalendar(dialect: Dialect, { calendar, timezone, days, types }: Omit<CalendarQuestion, "nowMs">): string {
  const day = { column: calendar.day, type: typeOf(types, calendar.day), timezone };
  const starts = calendar.starts === undefined ? [] : [`${micros(dialect, identifier(dialect, calendar.starts))} AS starts`];
  const where = calendar.where === undefined ? "" : ` AND ${asCondition(calendar.where)}`;
  const entity = entityText(dialect, calendar.entity, typeOf(types, calendar.entity));
  const columns = [`${dayLabel(dialect, day, days)} AS day`, `${entity} AS entity`, ...starts];
  const from = `${tableName(dialect, calendar.table)} WHERE ${rowsOfDays(dialect, day, days)}${where}`;
  return `SELECT DISTINCT ${columns.join(", ")} FROM ${from} ORDER BY 1, 2`;
}

/** The keys of all that is listed for a day, for people who run a statement by hand. */
export function compileListed(
  dialect: Dialect,
  { calendar, timezone, types }: Omit<CalendarQuestion, "nowMs" | "days">,
  day: string,
): string {
  const where = calendar.where === undefined ? "" : ` AND ${asCondition(calendar.where)}`;
  const rows = rowsOfDays(dialect, { column: calendar.day, type: typeOf(types, calendar.day), timezone }, [day]);
  const key = keyColumn(dialect, calendar.entity, typeOf(types, calendar.entity));
  return `SELECT ${key} FROM ${tableName(dialect, calendar.table)} WHERE ${rows}${where}`;
}

/** The last day of the table, whatever the calendar's own `where` says: one that lists other kinds of work has not run out. */
export function compileCalendarEnd(dialect: Dialect, { table, day }: Pick<Calendar, "table" | "day">, type?: ColumnType): string {
  const last = `max(${identifier(dialect, day)})`;
  const value = isTime(type) ? micros(dialect, last) : asText(dialect, last);
  return `SELECT ${value} AS last_day FROM ${tableName(dialect, table)}`;
}

export async function readCalendar(warehouse: Warehouse, question: CalendarQuestion): Promise<ReadonlyMap<string, Expected>> {
  const { rows } = await warehouse.query(compileCalendar(warehouse.dialect, question));
  // A row that names nothing expects nothing.
  const named = rows.filter((row) => row["entity"] !== null);
  return new Map(
    question.days.map((day) => [
      day,
      expectedOf(
        named.filter((row) => row["day"] === day),
        day,
        question,
      ),
    ]),
  );
}

/** Two spellings of one number are one entity. */
function expectedOf(rows: readonly JsonObject[], day: string, question: CalendarQuestion): Expected {
  const listed = new Map<string, string>();
  const due = new Set<string>();
  for (const row of rows) {
    const entity = String(row["entity"]);
    const key = entityKey(entity);
    if (!listed.has(key)) listed.set(key, entity);
    if (isDue(row, day, question)) due.add(key);
  }
  return { listed: [...listed.values()], due: [...listed].flatMap(([key, entity]) => (due.has(key) ? entity : [])) };
}

/** Of all that the table lists; undefined where it is empty. */
export async function readLastDay(
  warehouse: Warehouse,
  { calendar, timezone, types }: Pick<CalendarQuestion, "calendar" | "timezone" | "types">,
): Promise<string | undefined> {
  const type = typeOf(types, calendar.day);
  const { rows } = await warehouse.query(compileCalendarEnd(warehouse.dialect, calendar, type));
  const last = rows[0]?.["last_day"];
  if (last === undefined || last === null) return undefined;
  return isTime(type) ? businessDay(Number(last) / 1_000, timezone) : String(last).slice(0, "2026-01-01".length);
}

/** Why the calendar says nothing of a day of which it lists nothing; undefined where the table goes on to that day or beyond. */
export function endBefore(day: string, last: string | undefined): string | undefined {
  if (last === undefined) return "the calendar is empty";
  return last < day ? `the calendar ends on ${last}` : undefined;
}

/** Nobody knows when one without a start begins; when its day is over it has begun. */
function isDue(row: JsonObject, day: string, { calendar, timezone, nowMs }: CalendarQuestion): boolean {
  if (calendar.starts === undefined) return true;
  const startsMs = row["starts"] === null ? endOfDay(day, timezone) : Number(row["starts"]) / 1_000;
  return nowMs >= startsMs + calendar.dueAfterMs;
}

function isTime(type: ColumnType | undefined): boolean {
  return type === "time" || type === "instant";
}

function micros(dialect: Dialect, value: string): string {
  return `${dialect === "duckdb" ? "epoch_us" : "UNIX_MICROS"}(${instantOf(dialect, value)})`;
}
