/** Asks a user's own statement and judges the columns of its one row. */

import { DAY_PARAMETER } from "@kintsugi/config/day-parameter";
import type { Exact } from "@kintsugi/config/exact";
import type { Metric, SqlCheck } from "@kintsugi/config/model";
import type { MetricResult } from "@kintsugi/events/canary";
import { dateLiteral } from "@kintsugi/ports/sql-text";
import type { QueryResult, Warehouse } from "@kintsugi/ports/warehouse";
import { unknownMetric } from "./unknown-metric.ts";
import { type Fault, faultOf } from "./fault-of.ts";
import { daysBefore, type Earlier, historiesOf } from "./history.ts";
import { judgeMetric } from "./judge.ts";
import { binaryValue, readNumber, valueOf } from "./value.ts";

export type SqlAnswer = { readonly metrics: readonly MetricResult[]; readonly fault?: Fault };

/** The statement of a day, in either dialect: `@day` becomes a literal, so that partitions are pruned. */
export function statementOf({ sql }: Pick<SqlCheck, "sql">, day: string | undefined): string {
  return day === undefined ? sql : sql.replaceAll(DAY_PARAMETER, dateLiteral(day));
}

/** The same statement of several days, as one; each row says its day. @param days at least one */
export function statementOfDays(check: Pick<SqlCheck, "sql">, days: readonly string[]): string {
  const each = days.map((day) => {
    // A statement may end in a comment or in a semicolon.
    const sql = statementOf(check, day).replace(/;\s*$/, "");
    return `SELECT '${day}' AS kintsugi_day, kintsugi_row.* FROM (${sql}\n) AS kintsugi_row`;
  });
  return each.join(" UNION ALL ");
}

/** Without a row nobody has looked, and of several nobody knows which one was meant. */
export async function askSql(warehouse: Warehouse, check: SqlCheck, day: string | undefined): Promise<SqlAnswer> {
  try {
    const result = await warehouse.query(statementOf(check, day));
    if (result.rows.length !== 1) throw new Error(`the statement returns ${result.rows.length} rows, not one`);
    const earlier = await earlierOf(warehouse, check, day);
    return { metrics: check.metrics.map((metric) => judgeColumn(metric, result, earlier(metric))) };
  } catch (error) {
    return { metrics: check.metrics.map((metric) => unknownMetric(metric, error)), fault: faultOf(error, undefined) };
  }
}

function judgeColumn(metric: Metric, result: QueryResult, earlier: Earlier): MetricResult {
  try {
    const exact = readColumn(metric, result, 0);
    const type = result.types?.[metric.name];
    const value = exact === null ? null : type === "decimal" || type === "integer" ? valueOf(exact) : binaryValue(exact, exact);
    return judgeMetric(metric, { value }, { expected: undefined, due: [], earlier });
  } catch (error) {
    return unknownMetric(metric, error);
  }
}

function readColumn({ name }: Metric, { rows, types }: QueryResult, row: number): Exact | null {
  const given = rows[row]?.[name];
  if (given === undefined) throw new Error(`the statement returns no column ${name}`);
  return readNumber(given, name, types?.[name]);
}

async function earlierOf(warehouse: Warehouse, check: SqlCheck, day: string | undefined): Promise<(metric: Metric) => Earlier> {
  const days = day === undefined ? [] : [...new Set(check.metrics.flatMap(historiesOf).flatMap((history) => daysBefore(day, history)))];
  if (day === undefined || days.length === 0) return () => () => [];
  const result = await warehouse.query(statementOfDays(check, days.sort()));
  return (metric) => (history) =>
    daysBefore(day, history).flatMap((one) => {
      const row = result.rows.findIndex((candidate) => candidate["kintsugi_day"] === one);
      return row === -1 ? [] : (readColumn(metric, result, row) ?? []);
    });
}
