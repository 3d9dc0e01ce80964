/** Asks a user's own statement and judges the columns of its one row. */

import { DAY_PARAMETER } from "@kintsugi/config/day-parameter";
import type { Metric, SqlCheck } from "@kintsugi/config/model";
import type { MetricResult } from "@kintsugi/events/canary";
import type { JsonObject } from "@kintsugi/ports/json";
import { dateLiteral } from "@kintsugi/ports/sql-text";
import type { Warehouse } from "@kintsugi/ports/warehouse";
import { numberOf, unknown } from "./answers.ts";
import { type Fault, faultOf } from "./fault-of.ts";
import { judgeMetric } from "./judge.ts";

export type SqlAnswer = { readonly metrics: readonly MetricResult[]; readonly fault?: Fault };

/** The statement of a day, in either dialect: `@day` becomes a literal, so that partitions are pruned. */
export function statementOf({ sql }: Pick<SqlCheck, "sql">, day: string | undefined): string {
  return day === undefined ? sql : sql.replaceAll(DAY_PARAMETER, dateLiteral(day));
}

/** Without a row nobody has looked, and of several nobody knows which one was meant. */
export async function askSql(warehouse: Warehouse, check: SqlCheck, day: string | undefined): Promise<SqlAnswer> {
  try {
    const { rows } = await warehouse.query(statementOf(check, day));
    const [row] = rows;
    if (row === undefined || rows.length > 1) throw new Error(`the statement returns ${rows.length} rows, not one`);
    return { metrics: check.metrics.map((metric) => judgeColumn(metric, row)) };
  } catch (error) {
    return { metrics: check.metrics.map((metric) => unknown(metric, error)), fault: faultOf(error, undefined) };
  }
}

function judgeColumn(metric: Metric, row: JsonObject): MetricResult {
  const given = row[metric.name];
  if (given === undefined) return unknown(metric, new Error(`the statement returns no column ${metric.name}`));
  if (given !== null && numberOf(given) === null) return unknown(metric, new Error(`${metric.name} is no number`));
  return judgeMetric(metric, { value: numberOf(given) }, { expected: undefined, due: [] });
}
