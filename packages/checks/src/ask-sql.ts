/** Asks a user's own statement and judges the columns of its one row. */

import type { SqlCheck } from "@kintsugi/config/model";
import type { MetricResult } from "@kintsugi/events/canary";
import type { Warehouse } from "@kintsugi/ports/warehouse";
import { numberOf, unknown } from "./answers.ts";
import { judgeMetric } from "./judge.ts";

/** Without a row nobody has looked, and of several nobody knows which one was meant. */
export async function askSql(warehouse: Warehouse, check: SqlCheck): Promise<MetricResult[]> {
  try {
    const { rows } = await warehouse.query(check.sql);
    const [row] = rows;
    if (row === undefined || rows.length > 1) throw new Error(`the statement returns ${rows.length} rows, not one`);
    return check.metrics.map((metric) => {
      const given = row[metric.name];
      if (given === undefined) return unknown(metric, new Error(`the statement returns no column ${metric.name}`));
      if (given !== null && numberOf(given) === null) return unknown(metric, new Error(`${metric.name} is no number`));
      return judgeMetric(metric, { value: numberOf(given) }, { expected: undefined, due: [] });
    });
  } catch (error) {
    return check.metrics.map((metric) => unknown(metric, error));
  }
}
