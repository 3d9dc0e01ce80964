/** Asks the warehouse and judges: what cannot be asked is unknown, never ok and never bad data. */

import type { Check, Config, Metric, SqlCheck } from "@kintsugi/config/model";
import type { CheckResult, MetricResult } from "@kintsugi/events/canary";
import { shorten } from "@kintsugi/events/shorten";
import { Failure, messageOf } from "@kintsugi/ports/failure";
import type { JsonObject } from "@kintsugi/ports/json";
import type { Warehouse } from "@kintsugi/ports/warehouse";
import { dayBefore } from "./business-day.ts";
import { type Expected, readCalendar } from "./calendar.ts";
import { columnOf, compileTable, isPerEntity, type TableQuestion } from "./compile.ts";
import { judgeMetric, type Measured, verdictOf } from "./judge.ts";

export type Evaluation = {
  readonly checks: readonly CheckResult[];
  readonly bytes: number;
  readonly queries: number;
  /** What the calendar lists and what is due, by business day, as far as it was asked. */
  readonly calendar: ReadonlyMap<string, Expected>;
};

export type EvaluationRequest = {
  readonly config: Pick<Config, "calendar" | "timezone">;
  readonly warehouse: Warehouse;
  readonly checks: readonly Check[];
  readonly nowMs: number;
  /** Replaces the checks' own `on`. */
  readonly day?: string;
  /** In a backfill old data are no finding. */
  readonly ignoreAge?: boolean;
};

type Asked = { readonly expected: Expected } | { readonly unknown: string };

export async function evaluateChecks(request: EvaluationRequest): Promise<Evaluation> {
  const meter = metered(request.warehouse);
  const calendars = new Map<string, Asked>();
  const checks: CheckResult[] = [];
  const shared = new Map<string, Promise<readonly JsonObject[]>>();
  for (const check of request.checks) checks.push(await evaluateOne({ ...request, warehouse: meter.warehouse }, check, calendars, shared));
  const calendar = new Map([...calendars].flatMap(([day, asked]) => ("expected" in asked ? [[day, asked.expected] as const] : [])));
  return { checks, bytes: meter.bytes(), queries: meter.queries(), calendar };
}

type Shared = Map<string, Promise<readonly JsonObject[]>>;

async function evaluateOne(request: EvaluationRequest, check: Check, calendars: Map<string, Asked>, shared: Shared): Promise<CheckResult> {
  const base = { phase: check.phase, check: check.name, severity: check.severity };
  if (check.kind === "sql") return finish(base, await judgeSql(request.warehouse, check));
  const day =
    check.on === "any" && request.day === undefined
      ? undefined
      : check.day === undefined
        ? undefined
        : (request.day ?? dayBefore(request.nowMs, request.config.timezone, check.on === "any" ? 1 : check.on.daysAgo));
  const dated = { ...base, ...(day === undefined ? {} : { day }) };
  const asked = await askCalendar(request, day, calendars);
  if (asked !== undefined && "unknown" in asked) return { ...dated, verdict: "unknown", reason: asked.unknown, metrics: [] };
  const expected = asked?.expected;
  if (expected !== undefined && expected.listed.length === 0)
    return { ...dated, verdict: "not_applicable", reason: "nothing expected", expected: 0, metrics: [] };
  if (expected !== undefined && expected.due.length === 0)
    return { ...dated, verdict: "not_applicable", reason: "not due yet", expected: 0, metrics: [] };
  const wanted = check.metrics.filter((metric) => !(request.ignoreAge === true && metric.aggregate === "age"));
  const skipped = check.metrics
    .filter((metric) => !wanted.includes(metric))
    .map((metric): MetricResult => ({
      name: metric.name,
      verdict: "not_applicable",
      actual: null,
      reason: "age does not apply to a backfill",
    }));
  const entities = check.entity === undefined ? undefined : expected?.due;
  const question = { check, metrics: wanted, day, entities, nowMs: request.nowMs };
  const metrics = [...(await judgeTable(request.warehouse, question, expected, shared)), ...skipped];
  return finish({ ...dated, ...(expected === undefined ? {} : { expected: expected.due.length }) }, metrics);
}

function finish(base: Omit<CheckResult, "verdict" | "metrics" | "reason">, metrics: MetricResult[]): CheckResult {
  const verdict = verdictOf(metrics);
  const reason = metrics.find((metric) => metric.verdict === verdict && metric.reason !== undefined)?.reason;
  return { ...base, verdict, ...(reason === undefined ? {} : { reason }), metrics };
}

async function askCalendar(
  { config, warehouse, nowMs }: EvaluationRequest,
  day: string | undefined,
  calendars: Map<string, Asked>,
): Promise<Asked | undefined> {
  if (config.calendar === undefined || day === undefined) return undefined;
  const before = calendars.get(day);
  if (before !== undefined) return before;
  let asked: Asked;
  try {
    asked = { expected: (await readCalendar(warehouse, config.calendar, day, nowMs)).expected };
  } catch (error) {
    asked = { unknown: `the calendar cannot be read: ${messageOf(error)}` };
  }
  calendars.set(day, asked);
  return asked;
}

/** One statement for all metrics; when it is wrong, each metric alone, so that only the broken one is unknown. */
async function judgeTable(
  warehouse: Warehouse,
  question: TableQuestion,
  expected: Expected | undefined,
  shared: Shared,
): Promise<MetricResult[]> {
  const expectation = { expected: expected?.due.length, due: expected?.due ?? [] };
  const judge = (metrics: readonly Metric[], rows: readonly JsonObject[]): MetricResult[] => {
    const asked = { ...question, metrics };
    return metrics.map((metric, index) => judgeMetric(metric, measure(rows, index, isPerEntity(asked)), expectation));
  };
  try {
    const sql = compileTable(warehouse.dialect, question);
    let answer = shared.get(sql);
    if (answer === undefined) {
      answer = warehouse.query(sql).then(({ rows }) => rows);
      shared.set(sql, answer);
    }
    return judge(question.metrics, await answer);
  } catch (error) {
    if (!(error instanceof Failure) || error.failure !== "permanent" || question.metrics.length === 1)
      return question.metrics.map((metric) => unknown(metric, error));
  }
  const results: MetricResult[] = [];
  for (const metric of question.metrics) {
    try {
      const { rows } = await warehouse.query(compileTable(warehouse.dialect, { ...question, metrics: [metric] }));
      results.push(...judge([metric], rows));
    } catch (error) {
      results.push(unknown(metric, error));
    }
  }
  return results;
}

function measure(rows: readonly JsonObject[], index: number, isPerEntity: boolean): Measured {
  const total = isPerEntity ? rows.find((row) => Number(row["is_total"]) === 1) : rows[0];
  const value = numberOf(total?.[columnOf(index)]);
  if (!isPerEntity) return { value };
  const byEntity = new Map(
    rows.filter((row) => Number(row["is_total"]) === 0).map((row) => [String(row["entity"]), numberOf(row[columnOf(index)]) ?? 0]),
  );
  return { value, byEntity };
}

async function judgeSql(warehouse: Warehouse, check: SqlCheck): Promise<MetricResult[]> {
  try {
    const { rows } = await warehouse.query(check.sql);
    return check.metrics.map((metric) => {
      const given = rows[0]?.[metric.name];
      if (rows.length > 0 && given === undefined) return unknown(metric, new Error(`the statement returns no column ${metric.name}`));
      if (given !== null && given !== undefined && numberOf(given) === null)
        return unknown(metric, new Error(`${metric.name} is no number`));
      return judgeMetric(metric, { value: numberOf(given) }, { expected: undefined, due: [] });
    });
  } catch (error) {
    return check.metrics.map((metric) => unknown(metric, error));
  }
}

function unknown(metric: Metric, error: unknown): MetricResult {
  return { name: metric.name, verdict: "unknown", actual: null, reason: shorten(messageOf(error), 500) };
}

function numberOf(value: unknown): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value)) ? Number(value) : null;
}

function metered(warehouse: Warehouse): { warehouse: Warehouse; bytes: () => number; queries: () => number } {
  let [bytes, queries] = [0, 0];
  return {
    warehouse: {
      dialect: warehouse.dialect,
      async query(sql) {
        queries++;
        const result = await warehouse.query(sql);
        bytes += result.bytes;
        return result;
      },
    },
    bytes: () => bytes,
    queries: () => queries,
  };
}
