/** Asks for metrics of one table, of several days at once. */

import type { Metric } from "@kintsugi/config/model";
import { isPermanent } from "@kintsugi/ports/failure";
import type { QueryResult, Warehouse } from "@kintsugi/ports/warehouse";
import { compileTable, isPerEntity, type TableQuestion } from "./compile.ts";
import { answerOf, measure, type Measured } from "./measure.ts";
import { metricFault, type TableColumns } from "./table-columns.ts";

type Answered = { readonly question: TableQuestion; readonly result: QueryResult };

export type TableAnswer = {
  /** Of the metrics that were asked; a metric that could not be computed has its error. */
  readonly metrics: ReadonlyMap<Metric, Answered | { readonly error: unknown }>;
  /** One that grouped by entity, if one did. */
  readonly named?: Answered;
};

/** One statement for all metrics; when it is wrong, each metric alone, so that only the broken one is unknown. */
export async function askTable(warehouse: Warehouse, question: TableQuestion, columns: TableColumns | undefined): Promise<TableAnswer> {
  const faults = question.metrics.map((metric) => metricFault(question.check, metric, columns));
  const broken = question.metrics.flatMap((metric, index) => {
    const fault = faults[index];
    return fault === undefined ? [] : [[metric, { error: new Error(fault) }] as const];
  });
  const sound = { ...question, metrics: question.metrics.filter((_, index) => faults[index] === undefined) };
  const answers = await askSound(warehouse, sound);
  const named = answers.flatMap(({ answer }) => ("error" in answer || !isPerEntity(answer.question) ? [] : answer))[0];
  return {
    metrics: new Map([...broken, ...answers.flatMap(({ metrics, answer }) => metrics.map((metric) => [metric, answer] as const))]),
    ...(named === undefined ? {} : { named }),
  };
}

type Answer = { readonly metrics: readonly Metric[]; readonly answer: Answered | { readonly error: unknown } };

async function askSound(warehouse: Warehouse, question: TableQuestion): Promise<readonly Answer[]> {
  const { metrics } = question;
  if (metrics.length === 0 && !isPerEntity(question)) return [];
  const whole = await askOnce(warehouse, question);
  const isWrong = "error" in whole && isPermanent(whole.error);
  if (!isWrong || metrics.length < 2) return [{ metrics, answer: whole }];
  const answers: Answer[] = [];
  for (const metric of metrics) answers.push({ metrics: [metric], answer: await askOnce(warehouse, { ...question, metrics: [metric] }) });
  return answers;
}

async function askOnce(warehouse: Warehouse, question: TableQuestion): Promise<Answer["answer"]> {
  try {
    return { question, result: await warehouse.query(compileTable(warehouse.dialect, question)) };
  } catch (error) {
    return { error };
  }
}

/** @throws what kept a metric from being computed */
export function measuredOf({ metrics }: TableAnswer, metric: Metric, day: string | undefined, nowMs: number): Measured {
  const answer = metrics.get(metric);
  if (answer === undefined) throw new Error(`${metric.name} was not asked for`);
  if ("error" in answer) throw answer.error;
  const { question, result } = answer;
  const measuring = { metric, index: question.metrics.indexOf(metric), question, types: result.types, nowMs };
  return measure(measuring, answerOf(question, result, day));
}

/** Whether a day has rows; where they are not told by day, nobody asked. */
export function hasRows({ metrics }: TableAnswer, metric: Metric, day: string): boolean {
  const answer = metrics.get(metric);
  return answer !== undefined && !("error" in answer) && answerOf(answer.question, answer.result, day).total !== undefined;
}

/** The keys of the entities that have a row; undefined where nobody asked for them or could look. */
export function entitiesWithRow({ named }: TableAnswer, day: string): ReadonlySet<string> | undefined {
  if (named === undefined) return undefined;
  return new Set(answerOf(named.question, named.result, day).byEntity?.keys());
}
