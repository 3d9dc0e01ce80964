/** Asks for the metrics of one table and judges them. */

import type { Metric } from "@kintsugi/config/model";
import type { MetricResult } from "@kintsugi/events/canary";
import { isPermanent } from "@kintsugi/ports/failure";
import type { JsonObject } from "@kintsugi/ports/json";
import type { Warehouse } from "@kintsugi/ports/warehouse";
import { numberOf, unknown } from "./answers.ts";
import type { Expected } from "./calendar.ts";
import { columnOf, compileTable, isPerEntity, type TableQuestion } from "./compile.ts";
import { type Fault, faultOf } from "./fault-of.ts";
import { judgeMetric, type Measured } from "./judge.ts";

/** Answers of one evaluation, by their statement. */
export type Shared = Map<string, Promise<readonly JsonObject[]>>;

export type TableAnswer = {
  readonly metrics: readonly MetricResult[];
  /** The due entities that have a row; undefined where nobody asked for them or could look. */
  readonly withRow?: ReadonlySet<string>;
  /** Why a metric could not be computed. */
  readonly fault?: Fault;
};

/** One statement for all metrics; when it is wrong, each metric alone, so that only the broken one is unknown. */
export async function askTable(
  warehouse: Warehouse,
  question: TableQuestion,
  expected: Expected | undefined,
  shared: Shared,
): Promise<TableAnswer> {
  if (question.metrics.length === 0 && !isPerEntity(question)) return { metrics: [] };
  try {
    const sql = compileTable(warehouse.dialect, question);
    const answer = shared.get(sql) ?? warehouse.query(sql).then(({ rows }) => rows);
    shared.set(sql, answer);
    return judgeRows(question, await answer, expected);
  } catch (error) {
    if (!isPermanent(error) || question.metrics.length === 1) return unreadable(question.metrics, error, question);
  }
  const answers: TableAnswer[] = [];
  for (const metric of question.metrics) answers.push(await askAlone(warehouse, { ...question, metrics: [metric] }, expected));
  const withRow = answers.find((answer) => answer.withRow !== undefined)?.withRow;
  const fault = answers.find((answer) => answer.fault !== undefined)?.fault;
  return {
    metrics: answers.flatMap(({ metrics }) => metrics),
    ...(withRow === undefined ? {} : { withRow }),
    ...(fault === undefined ? {} : { fault }),
  };
}

async function askAlone(warehouse: Warehouse, question: TableQuestion, expected: Expected | undefined): Promise<TableAnswer> {
  try {
    return judgeRows(question, (await warehouse.query(compileTable(warehouse.dialect, question))).rows, expected);
  } catch (error) {
    return unreadable(question.metrics, error, question);
  }
}

function unreadable(metrics: readonly Metric[], error: unknown, { check }: TableQuestion): TableAnswer {
  return { metrics: metrics.map((metric) => unknown(metric, error)), fault: faultOf(error, check.table) };
}

function judgeRows(question: TableQuestion, rows: readonly JsonObject[], expected: Expected | undefined): TableAnswer {
  const isByEntity = isPerEntity(question);
  const expectation = { expected: expected?.due.length, due: expected?.due ?? [] };
  const metrics = question.metrics.map((metric, index) => judgeMetric(metric, measure(rows, index, isByEntity), expectation));
  return { metrics, ...(isByEntity ? { withRow: new Set(rows.filter((row) => !isTotal(row)).map(entityOf)) } : {}) };
}

function measure(rows: readonly JsonObject[], index: number, isByEntity: boolean): Measured {
  const total = isByEntity ? rows.find(isTotal) : rows[0];
  const value = numberOf(total?.[columnOf(index)]);
  if (!isByEntity) return { value };
  const counts = rows.filter((row) => !isTotal(row)).map((row) => [entityOf(row), numberOf(row[columnOf(index)]) ?? 0] as const);
  return { value, byEntity: new Map(counts) };
}

function isTotal(row: JsonObject): boolean {
  return Number(row["is_total"]) === 1;
}

function entityOf(row: JsonObject): string {
  return String(row["entity"]);
}
