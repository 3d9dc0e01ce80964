/** Compiles all metrics of one table, day and filter into one statement. Pure. */

import type { Metric, TableCheck } from "@kintsugi/config/model";
import type { Dialect } from "@kintsugi/ports/warehouse";
import { dateLiteral, identifier, tableName, textLiteral } from "@kintsugi/ports/sql-text";

export type TableQuestion = {
  readonly check: Pick<TableCheck, "table" | "day" | "where" | "entity">;
  readonly metrics: readonly Metric[];
  /** The business day, where the check has one. */
  readonly day: string | undefined;
  /** Only rows of these entities count, where a calendar lists them. */
  readonly entities: readonly string[] | undefined;
  /** Bound as a literal: a call of the clock in SQL would defeat pruning and caching. */
  readonly nowMs: number;
  /** Which entities have a row is asked too, whatever the metrics are. */
  readonly namesEntities?: boolean;
};

/** The column of a metric's value; the entity's own is `entity`, and `is_total` is 1 on the row over all entities. */
export function columnOf(index: number): string {
  return `m${index}`;
}

/**
 * Counts with `expected` are judged per entity too: then the same scan also groups by the entity. It reads no byte more, and takes
 * up to twice the time; so it is done only for whom it tells something.
 */
export function isPerEntity({ check, metrics, entities, namesEntities }: Omit<TableQuestion, "day" | "nowMs">): boolean {
  return check.entity !== undefined && entities !== undefined && (namesEntities === true || metrics.some(needsEntities));
}

/** What a user wrote, as one condition; on lines of its own, since it may end in a comment. */
export function asCondition(sql: string): string {
  return `(${sql}\n)`;
}

export function needsEntities(metric: Metric): boolean {
  return (
    metric.aggregate === "count" &&
    [metric.warn, metric.fail].some((condition) => condition !== undefined && condition.op !== "outside" && condition.timesExpected)
  );
}

export function compileTable(dialect: Dialect, question: TableQuestion): string {
  const { check, metrics } = question;
  const values = metrics.map((metric, index) => `${aggregate(dialect, metric, question.nowMs)} AS ${columnOf(index)}`);
  const from = `FROM ${tableName(dialect, check.table)}${filter(dialect, question)}`;
  if (!isPerEntity(question)) return `SELECT ${values.join(", ")} ${from}`;
  const entity = identifier(dialect, check.entity!);
  const text = dialect === "duckdb" ? "VARCHAR" : "STRING";
  const columns = [`CAST(${entity} AS ${text}) AS entity`, `GROUPING(${entity}) AS is_total`, ...values];
  return `SELECT ${columns.join(", ")} ${from} GROUP BY GROUPING SETS ((), (${entity}))`;
}

function filter(dialect: Dialect, { check, day, entities }: TableQuestion): string {
  const text = dialect === "duckdb" ? "VARCHAR" : "STRING";
  const conditions: string[] = [];
  if (check.day !== undefined && day !== undefined) conditions.push(`${identifier(dialect, check.day)} = ${dateLiteral(day)}`);
  if (check.where !== undefined) conditions.push(asCondition(check.where));
  if (check.entity !== undefined && entities !== undefined) {
    const list = entities.map((entity) => textLiteral(dialect, entity));
    conditions.push(`CAST(${identifier(dialect, check.entity)} AS ${text}) IN (${list.join(", ")})`);
  }
  return conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
}

/** CASE keeps a metric's own filter portable between the dialects. */
function aggregate(dialect: Dialect, metric: Metric, nowMs: number): string {
  const { aggregate: kind } = metric;
  if (kind === undefined) return "NULL";
  const [first = "*"] = metric.columns;
  const when = (value: string): string => (metric.where === undefined ? value : `CASE WHEN ${asCondition(metric.where)} THEN ${value} END`);
  const matching = metric.where === undefined ? "count(*)" : `count(${when("1")})`;
  if (kind === "count") return first === "*" ? matching : `count(${when(identifier(dialect, first))})`;
  const column = identifier(dialect, first);
  const conditional = (holds: string): string =>
    `count(CASE WHEN ${metric.where === undefined ? "" : `${asCondition(metric.where)} AND `}${holds} THEN 1 END)`;
  const nullCount = conditional(`${column} IS NULL`);
  switch (kind) {
    case "count_distinct":
      return `count(DISTINCT ${when(column)})`;
    case "null_count":
      return nullCount;
    case "null_rate":
      return `${nullCount} * 1.0 / nullif(${matching}, 0)`;
    case "zero_rate":
      return `${conditional(`${column} = 0`)} * 1.0 / nullif(${matching}, 0)`;
    case "duplicate_count":
      return `${matching} - count(DISTINCT ${when(rowKey(dialect, metric.columns))})`;
    case "age":
      return age(dialect, when(column), nowMs);
    case "min":
    case "max":
    case "avg":
    case "sum":
    case "stddev":
      return `${kind}(${when(column)})`;
  }
}

/** NULLs in a key are values like others: two rows without a name are twins. */
function rowKey(dialect: Dialect, columns: readonly string[]): string {
  const names = columns.map((column) => identifier(dialect, column)).join(", ");
  return dialect === "duckdb" ? `CAST(row(${names}) AS VARCHAR)` : `TO_JSON_STRING(STRUCT(${names}))`;
}

/** Seconds since the newest; below zero is zero. No newest is no age: DuckDB's greatest passes over NULLs. */
function age(dialect: Dialect, newest: string, nowMs: number): string {
  const seconds =
    dialect === "duckdb" ? `epoch(CAST(max(${newest}) AS TIMESTAMP))` : `UNIX_MICROS(CAST(max(${newest}) AS TIMESTAMP)) / 1000000`;
  return `CASE WHEN max(${newest}) IS NOT NULL THEN greatest(0, ${nowMs / 1_000} - ${seconds}) END`;
}
