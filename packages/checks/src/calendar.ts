/** What is expected on a business day: what the calendar lists, and what of it is due. */

import type { Calendar } from "@kintsugi/config/model";
import type { Dialect, Warehouse } from "@kintsugi/ports/warehouse";
import { dateLiteral, identifier, tableName } from "@kintsugi/ports/sql-text";
import { asCondition } from "./compile.ts";

export type Expected = {
  /** All that the calendar lists. */
  readonly listed: readonly string[];
  /** Of these, what is due: now >= starts + due_after. */
  readonly due: readonly string[];
};

export function compileCalendar(dialect: Dialect, calendar: Calendar, day: string): string {
  const text = dialect === "duckdb" ? "VARCHAR" : "STRING";
  const starts = calendar.starts === undefined ? "" : `, ${micros(dialect, identifier(dialect, calendar.starts))} AS starts`;
  const where = calendar.where === undefined ? "" : ` AND ${asCondition(calendar.where)}`;
  return `SELECT DISTINCT CAST(${identifier(dialect, calendar.entity)} AS ${text}) AS entity${starts} FROM ${tableName(dialect, calendar.table)} WHERE ${identifier(dialect, calendar.day)} = ${dateLiteral(day)}${where} ORDER BY 1`;
}

export async function readCalendar(
  warehouse: Warehouse,
  calendar: Calendar,
  day: string,
  nowMs: number,
): Promise<{ expected: Expected; bytes: number }> {
  const { rows: all, bytes } = await warehouse.query(compileCalendar(warehouse.dialect, calendar, day));
  // A row that names nothing expects nothing.
  const rows = all.filter((row) => row["entity"] !== null);
  const listed = [...new Set(rows.map((row) => String(row["entity"])))];
  const isDue = new Set(
    rows
      .filter(
        (row) => calendar.starts === undefined || (row["starts"] !== null && nowMs >= Number(row["starts"]) / 1_000 + calendar.dueAfterMs),
      )
      .map((row) => String(row["entity"])),
  );
  return { expected: { listed, due: listed.filter((entity) => isDue.has(entity)) }, bytes };
}

function micros(dialect: Dialect, column: string): string {
  return dialect === "duckdb" ? `epoch_us(CAST(${column} AS TIMESTAMP))` : `UNIX_MICROS(CAST(${column} AS TIMESTAMP))`;
}
