/** Up to five rows that a finding is about, where rows can be named. Values of masked columns never leave the warehouse. */

import type { Metric, TableCheck } from "@kintsugi/config/model";
import type { MetricResult } from "@kintsugi/events/canary";
import { shorten } from "@kintsugi/events/shorten";
import type { Json } from "@kintsugi/ports/json";
import { identifier, tableName } from "@kintsugi/ports/sql-text";
import type { Dialect, Warehouse } from "@kintsugi/ports/warehouse";
import { rowConditions, type TableQuestion, typeOf } from "./compile.ts";
import type { TableColumns } from "./table-columns.ts";

export type Samples = NonNullable<MetricResult["samples"]>;

export type SampleQuestion = {
  /** Of the one day that is looked at. */
  readonly question: TableQuestion;
  readonly check: TableCheck;
  readonly metric: Metric;
  readonly columns: TableColumns;
};

const MOST_ROWS = 5;
const MOST_COLUMNS = 12;
const MOST_TEXT = 100;
const MASK = "'***'";

/** Undefined where no row can be named, as of a count that is too small. */
export function compileSamples(dialect: Dialect, asked: SampleQuestion): string | undefined {
  const { question, check, metric } = asked;
  const telling = tellingRows(dialect, asked);
  if (telling === undefined) return undefined;
  const shown = shownColumns(dialect, asked);
  const masked = new Set((check.masked ?? []).map((column) => column.toLowerCase()));
  const columns = shown.map((column) => {
    const name = identifier(dialect, column);
    return masked.has(column.toLowerCase()) ? `${MASK} AS ${name}` : name;
  });
  const conditions = [...rowConditions(dialect, question, metric), ...(telling.condition === undefined ? [] : [telling.condition])];
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  const order =
    telling.order ??
    columnsOf(check)
      .map((column) => identifier(dialect, column))
      .join(", ");
  return `SELECT ${columns.join(", ")} FROM ${tableName(dialect, check.table)}${where}${telling.qualify ?? ""} ORDER BY ${order} LIMIT ${MOST_ROWS}`;
}

type Telling = { readonly condition?: string; readonly qualify?: string; readonly order?: string };

function tellingRows(dialect: Dialect, { metric, question }: SampleQuestion): Telling | undefined {
  const names = metric.columns.map((column) => identifier(dialect, column));
  const [first] = names;
  switch (metric.aggregate) {
    case "null_count":
    case "null_rate":
      return { condition: `${first} IS NULL` };
    case "zero_rate":
      return typeOf(question.types, metric.columns[0]) === "boolean" ? { condition: `NOT ${first}` } : { condition: `${first} = 0` };
    case "duplicate_count":
      return { qualify: ` QUALIFY count(*) OVER (PARTITION BY ${names.join(", ")}) > 1` };
    case "min":
      return { condition: `${first} IS NOT NULL`, order: `${first}` };
    case "max":
      return { condition: `${first} IS NOT NULL`, order: `${first} DESC` };
    case "count":
    case "count_distinct":
    case "avg":
    case "sum":
    case "stddev":
    case "age":
    case undefined:
      return undefined;
  }
}

/** BigQuery bills by the column: there only those are read that the check reads anyway. */
function shownColumns(dialect: Dialect, { check, columns }: SampleQuestion): readonly string[] {
  const named = columnsOf(check);
  const isNamed = (name: string): boolean => named.some((column) => column.toLowerCase() === name.toLowerCase());
  const others = dialect === "duckdb" ? columns.names.filter((name) => !isNamed(name)) : [];
  return [...named, ...others].slice(0, MOST_COLUMNS);
}

/** What the check names, its ids first. */
function columnsOf({ entity, metrics }: TableCheck): readonly string[] {
  const keys = metrics.filter(({ aggregate }) => aggregate === "duplicate_count");
  const all = [...keys, ...metrics].flatMap(({ columns }) => columns.filter((column) => column !== "*"));
  return [...new Set([...(entity === undefined ? [] : [entity]), ...all])];
}

/** A sample that cannot be read keeps no finding from being told. */
export async function askSamples(warehouse: Warehouse, asked: SampleQuestion): Promise<Samples> {
  const sql = compileSamples(warehouse.dialect, asked);
  if (sql === undefined) return [];
  try {
    const { rows } = await warehouse.query(sql);
    return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, textOf(value)])));
  } catch {
    return [];
  }
}

function textOf(value: Json | undefined): string | null {
  if (value === null || value === undefined) return null;
  return shorten(typeof value === "string" ? value : JSON.stringify(value), MOST_TEXT);
}
