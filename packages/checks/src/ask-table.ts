/** Asks for the metrics of one table and judges them. */

import type { MetricResult } from "@kintsugi/events/canary";
import { Failure } from "@kintsugi/ports/failure";
import type { JsonObject } from "@kintsugi/ports/json";
import type { Warehouse } from "@kintsugi/ports/warehouse";
import { numberOf, unknown } from "./answers.ts";
import type { Expected } from "./calendar.ts";
import { columnOf, compileTable, isPerEntity, type TableQuestion } from "./compile.ts";
import { judgeMetric, type Measured } from "./judge.ts";

/** Answers of one evaluation, by their statement. */
export type Shared = Map<string, Promise<readonly JsonObject[]>>;

export type TableAnswer = {
  readonly metrics: readonly MetricResult[];
  /** The due entities that have a row; undefined where nobody asked for them or could look. */
  readonly withRow?: ReadonlySet<string>;
};

/** One statement for all metrics; when it is wrong, each metric alone, so that only the broken one is unknown. */
export async function askTable(
  warehouse: Warehouse,
  question: TableQuestion,
  expected: Expected | undefined,
  shared: Shared,
): Promise<TableAnswer> {
  const expectation = { expected: expected?.due.length, due: expected?.due ?? [] };
  const judge = (asked: TableQuestion, rows: readonly JsonObject[]): TableAnswer => ({
    metrics: asked.metrics.map((metric, index) => judgeMetric(metric, measure(rows, index, isPerEntity(asked)), expectation)),
    ...(isPerEntity(asked) ? { withRow: new Set(rows.filter((row) => !isTotal(row)).map(entityOf)) } : {}),
  });
  if (question.metrics.length === 0 && !isPerEntity(question)) return { metrics: [] };
  try {
    const sql = compileTable(warehouse.dialect, question);
    let answer = shared.get(sql);
    if (answer === undefined) {
      answer = warehouse.query(sql).then(({ rows }) => rows);
      shared.set(sql, answer);
    }
    return judge(question, await answer);
  } catch (error) {
    if (!(error instanceof Failure) || error.failure !== "permanent" || question.metrics.length === 1)
      return { metrics: question.metrics.map((metric) => unknown(metric, error)) };
  }
  const answers: TableAnswer[] = [];
  for (const metric of question.metrics) {
    const alone = { ...question, metrics: [metric] };
    try {
      answers.push(judge(alone, (await warehouse.query(compileTable(warehouse.dialect, alone))).rows));
    } catch (error) {
      answers.push({ metrics: [unknown(metric, error)] });
    }
  }
  const withRow = answers.find((answer) => answer.withRow !== undefined)?.withRow;
  return { metrics: answers.flatMap(({ metrics }) => metrics), ...(withRow === undefined ? {} : { withRow }) };
}

function measure(rows: readonly JsonObject[], index: number, perEntity: boolean): Measured {
  const total = perEntity ? rows.find(isTotal) : rows[0];
  const value = numberOf(total?.[columnOf(index)]);
  if (!perEntity) return { value };
  const counts = rows.filter((row) => !isTotal(row)).map((row) => [entityOf(row), numberOf(row[columnOf(index)]) ?? 0] as const);
  return { value, byEntity: new Map(counts) };
}

function isTotal(row: JsonObject): boolean {
  return Number(row["is_total"]) === 1;
}

function entityOf(row: JsonObject): string {
  return String(row["entity"]);
}
