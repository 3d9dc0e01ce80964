/** Which rows are those of a business day, by the type of the column that says so. Pure. */

import { asText, dateLiteral, identifier } from "@kintsugi/ports/sql-text";
import type { ColumnType } from "@kintsugi/ports/column-type";
import type { Dialect } from "@kintsugi/ports/warehouse";
import { endOfDay, startOfDay } from "./business-day.ts";

export type DayColumn = {
  readonly column: string;
  /** Undefined where nobody could tell: then it is taken for a date. */
  readonly type: ColumnType | undefined;
  /** IANA zone of the business day. */
  readonly timezone: string;
};

/** Bounds and dates are literals, so that partitions are pruned. @param days at least one */
export function rowsOfDays(dialect: Dialect, day: DayColumn, days: readonly string[]): string {
  if (isOfDates(day) && days.length > 1) return `${identifier(dialect, day.column)} IN (${days.map(dateLiteral).join(", ")})`;
  const each = days.map((one) => rowsOfDay(dialect, day, one));
  return each.length === 1 ? each[0]! : `(${each.join(" OR ")})`;
}

export function rowsOfDay(dialect: Dialect, day: DayColumn, one: string): string {
  const name = identifier(dialect, day.column);
  switch (day.type) {
    case "time":
      return between(name, one, day, (at) => `${dialect === "duckdb" ? "TIMESTAMP" : "DATETIME"} '${at}'`);
    case "instant":
      return between(name, one, day, (at) => instantLiteral(dialect, at));
    case "text": {
      const isDate = `CAST(${name} AS DATE) = ${dateLiteral(one)}`;
      const inDay = between(instantOf(dialect, name), one, day, (at) => instantLiteral(dialect, at));
      return `CASE WHEN length(${name}) <= 10 THEN ${isDate} ELSE ${inDay} END`;
    }
    case "integer":
    case "decimal":
    case "single":
    case "float":
    case "boolean":
    case "date":
    case "other":
    case undefined:
      return `${name} = ${dateLiteral(one)}`;
  }
}

/** The business day of a row, as text; for rows of these days alone. */
export function dayLabel(dialect: Dialect, day: DayColumn, days: readonly string[]): string {
  if (isOfDates(day)) return asText(dialect, identifier(dialect, day.column));
  return `CASE ${days.map((one) => `WHEN ${rowsOfDay(dialect, day, one)} THEN '${one}'`).join(" ")} END`;
}

/** A value as an instant: text keeps its offset, and what has none is UTC. In DuckDB the session's zone is UTC. */
export function instantOf(dialect: Dialect, value: string): string {
  return `CAST(${value} AS ${dialect === "duckdb" ? "TIMESTAMPTZ" : "TIMESTAMP"})`;
}

function isOfDates({ type }: DayColumn): boolean {
  return type === "date" || type === undefined;
}

function between(value: string, one: string, { timezone }: DayColumn, literal: (at: string) => string): string {
  const at = (ms: number): string => literal(new Date(ms).toISOString().slice(0, 19).replace("T", " "));
  return `(${value} >= ${at(startOfDay(one, timezone))} AND ${value} < ${at(endOfDay(one, timezone))})`;
}

function instantLiteral(dialect: Dialect, at: string): string {
  return `${dialect === "duckdb" ? "TIMESTAMPTZ" : "TIMESTAMP"} '${at}+00'`;
}
