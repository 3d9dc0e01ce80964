/** The columns of a statement that a metric's value is made of. Rates and averages come as two whole or decimal numbers, so that they are exact. Pure. */

import type { Aggregate, Metric } from "@kintsugi/config/model";
import { identifier } from "@kintsugi/ports/sql-text";
import type { ColumnType } from "@kintsugi/ports/column-type";
import type { Dialect } from "@kintsugi/ports/warehouse";
import { instantOf } from "./day-rows.ts";

/** `of` is what the value is divided by; `scale`, of binary numbers, the sum of their magnitudes, which tells how far a sum may be off. */
export type Part = "value" | "of" | "scale";

export type MetricColumns = { readonly [P in Part]?: string };

export type Aggregating = {
  readonly metric: Metric;
  /** Of the metric's first column; undefined where nobody could tell. */
  readonly type: ColumnType | undefined;
  /** Which rows count, besides the metric's own `where`. */
  readonly rows?: string | undefined;
};

/** What a user wrote, as one condition; on lines of its own, since it may end in a comment. */
export function asCondition(sql: string): string {
  return `(${sql}\n)`;
}

/** The name of a column of the answer. */
export function columnOf(index: number, part: Part = "value"): string {
  return part === "value" ? `m${index}` : `m${index}_${part}`;
}

export function metricColumns(dialect: Dialect, aggregating: Aggregating): MetricColumns {
  const { metric } = aggregating;
  const { aggregate } = metric;
  if (aggregate === undefined) return {};
  const [first = "*"] = metric.columns;
  const matching = countOf(aggregating, []);
  if (first === "*") return { value: matching };
  return columnsFor(aggregate, dialect, { ...aggregating, column: identifier(dialect, first), matching });
}

type OfColumn = Aggregating & { readonly column: string; readonly matching: string };

function columnsFor(aggregate: Aggregate, dialect: Dialect, asked: OfColumn): MetricColumns {
  const { column, matching, metric, type } = asked;
  const number = asNumber(dialect, column, type);
  const isBinary = type === "single" || type === "float";
  switch (aggregate) {
    case "count":
      return { value: `count(${when(asked, column)})` };
    case "count_distinct":
      return { value: `count(DISTINCT ${when(asked, column)})` };
    case "null_count":
      return { value: countOf(asked, [`${column} IS NULL`]) };
    case "null_rate":
      return { value: countOf(asked, [`${column} IS NULL`]), of: matching };
    case "zero_rate":
      return { value: countOf(asked, [`${number} = 0`]), of: matching };
    case "duplicate_count":
      return { value: `${matching} - count(DISTINCT ${when(asked, rowKey(dialect, metric.columns))})` };
    case "age":
      return { value: newest(dialect, when(asked, column), type) };
    case "min":
    case "max":
    case "stddev":
      return { value: `${aggregate}(${when(asked, number)})` };
    case "sum":
    case "avg": {
      // DuckDB's fsum makes up for what binary addition loses.
      const sum = `${isBinary && dialect === "duckdb" ? "fsum" : "sum"}(${when(asked, number)})`;
      const of = aggregate === "avg" ? { of: `count(${when(asked, column)})` } : {};
      return { value: sum, ...of, ...(isBinary ? { scale: `sum(abs(${when(asked, number)}))` } : {}) };
    }
  }
}

/** CASE keeps a metric's own filter portable between the dialects. */
function when(aggregating: Aggregating, value: string): string {
  const conditions = conditionsOf(aggregating);
  return conditions.length === 0 ? value : `CASE WHEN ${conditions.join(" AND ")} THEN ${value} END`;
}

function countOf(aggregating: Aggregating, more: readonly string[]): string {
  const conditions = [...conditionsOf(aggregating), ...more];
  return conditions.length === 0 ? "count(*)" : `count(CASE WHEN ${conditions.join(" AND ")} THEN 1 END)`;
}

function conditionsOf({ metric, rows }: Aggregating): readonly string[] {
  return [...(rows === undefined ? [] : [rows]), ...(metric.where === undefined ? [] : [asCondition(metric.where)])];
}

/** A truth is 1 or 0. The text of DuckDB's FLOAT is the decimal that was meant: as a DOUBLE, 0.1 would be 0.10000000149. */
function asNumber(dialect: Dialect, column: string, type: ColumnType | undefined): string {
  if (type === "boolean") return `CAST(${column} AS ${dialect === "duckdb" ? "BIGINT" : "INT64"})`;
  return type === "single" ? `CAST(CAST(${column} AS VARCHAR) AS DOUBLE)` : column;
}

/** NULLs in a key are values like others: two rows without a name are twins. */
function rowKey(dialect: Dialect, columns: readonly string[]): string {
  const names = columns.map((column) => identifier(dialect, column)).join(", ");
  return dialect === "duckdb" ? `CAST(row(${names}) AS VARCHAR)` : `TO_JSON_STRING(STRUCT(${names}))`;
}

/** When the newest came, epoch µs: the clock stays out of the statement. The latest text is not the latest time. */
function newest(dialect: Dialect, column: string, type: ColumnType | undefined): string {
  const isText = type === "text" || type === undefined;
  const last = isText ? `max(${instantOf(dialect, column)})` : instantOf(dialect, `max(${column})`);
  return dialect === "duckdb" ? `epoch_us(${last})` : `UNIX_MICROS(${last})`;
}
