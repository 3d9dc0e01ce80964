/** Compiles all metrics of one table, day column and filter into one statement, for several days at once. Pure. */

import type { Metric, TableCheck } from "@kintsugi/config/model";
import { isHistoric } from "@kintsugi/config/units";
import type { ColumnType } from "@kintsugi/ports/column-type";
import type { Dialect } from "@kintsugi/ports/warehouse";
import { tableName, textLiteral } from "@kintsugi/ports/sql-text";
import { asCondition, columnOf, metricColumns, type Part } from "./aggregate.ts";
import { dayLabel, rowsOfDay, rowsOfDays } from "./day-rows.ts";
import { entityKey, keyColumn } from "./entity-key.ts";

export type TableQuestion = {
  readonly check: Pick<TableCheck, "table" | "day" | "where" | "entity">;
  readonly metrics: readonly Metric[];
  /** The business days, at least one; undefined where all rows are looked at. */
  readonly days: readonly DayRows[] | undefined;
  /** IANA zone of the business day. */
  readonly timezone: string;
  /** By the name in small letters; undefined where nobody could tell. */
  readonly types: ColumnTypes | undefined;
  /** Which entities have a row is asked too, whatever the metrics are. */
  readonly namesEntities?: boolean;
};

export type ColumnTypes = ReadonlyMap<string, ColumnType>;

export type DayRows = {
  readonly day: string;
  /** Only rows of these entities count, where a calendar lists them; or a statement that says their keys, for people to run. */
  readonly entities: readonly string[] | { readonly keysBy: string } | undefined;
};

/**
 * Counts with `expected` are judged per entity too: then the same scan also groups by the entity. It reads no byte more, and takes
 * up to twice the time; so it is done only for whom it tells something.
 */
export function isPerEntity({ check, metrics, days = [], namesEntities }: Omit<TableQuestion, "timezone" | "types">): boolean {
  const isListed = check.entity !== undefined && days.some(({ entities }) => entities !== undefined);
  return isListed && (namesEntities === true || metrics.some(needsEntities));
}

/** Whether each row of the answer says which day it is of. */
export function isPerDay({ days = [] }: Pick<TableQuestion, "days">): boolean {
  return days.length > 1;
}

export function needsEntities(metric: Metric): boolean {
  return (
    metric.aggregate === "count" &&
    [metric.warn, metric.fail].some(
      (condition) => condition !== undefined && !isHistoric(condition) && condition.op !== "outside" && condition.timesExpected,
    )
  );
}

/** A rule for rows without an id looks at all rows: they are of no due entity. */
export function looksAtAllRows({ aggregate, columns }: Metric, { entity }: Pick<TableCheck, "entity">): boolean {
  return (aggregate === "null_count" || aggregate === "null_rate") && columns[0] === entity;
}

export function typeOf(types: ColumnTypes | undefined, column: string | undefined): ColumnType | undefined {
  return column === undefined ? undefined : types?.get(column.toLowerCase());
}

/**
 * Rows of the answer: one for each day and, where entities are judged, one for each day and entity; `is_total` is 1 on those over all.
 * A day without rows has none, unless it is the only one.
 */
export function compileTable(dialect: Dialect, question: TableQuestion): string {
  const { check, metrics, types } = question;
  const entities = dueRows(dialect, question);
  const all = metrics.filter((metric) => looksAtAllRows(metric, check));
  const values = metrics.flatMap((metric, index) => {
    const rows = all.length === 0 || all.includes(metric) ? undefined : entities;
    const parts = metricColumns(dialect, { metric, type: typeOf(types, metric.columns[0]), rows });
    return Object.entries(parts).map(([part, sql]) => `${sql} AS ${columnOf(index, part as Part)}`);
  });
  const grouping = groupingOf(dialect, question);
  const conditions = conditionsOf(dialect, question, all.length === 0 ? entities : undefined);
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  return `SELECT ${[...grouping.columns, ...values].join(", ")} FROM ${tableName(dialect, check.table)}${where}${grouping.clause}`;
}

type Grouping = { readonly columns: readonly string[]; readonly clause: string };

function groupingOf(dialect: Dialect, question: TableQuestion): Grouping {
  const { check, days = [], types } = question;
  const label = isPerDay(question) ? dayLabel(dialect, dayColumn(question), daysOf(days)) : undefined;
  const columns = label === undefined ? [] : [`${label} AS day`];
  if (!isPerEntity(question)) return { columns, clause: label === undefined ? "" : ` GROUP BY ${label}` };
  const key = keyColumn(dialect, check.entity!, typeOf(types, check.entity));
  const sets = label === undefined ? `(), (${key})` : `(${label}), (${label}, ${key})`;
  return { columns: [...columns, `${key} AS entity`, `GROUPING(${key}) AS is_total`], clause: ` GROUP BY GROUPING SETS (${sets})` };
}

/** Which rows a metric is computed of, its own filter included. */
export function rowConditions(dialect: Dialect, question: TableQuestion, metric: Metric): readonly string[] {
  const entities = looksAtAllRows(metric, question.check) ? undefined : dueRows(dialect, question);
  return [...conditionsOf(dialect, question, entities), ...(metric.where === undefined ? [] : [asCondition(metric.where)])];
}

function conditionsOf(dialect: Dialect, question: TableQuestion, entities: string | undefined): readonly string[] {
  const { check, days } = question;
  const ofDays = check.day === undefined || days === undefined ? [] : [rowsOfDays(dialect, dayColumn(question), daysOf(days))];
  return [...ofDays, ...(check.where === undefined ? [] : [asCondition(check.where)]), ...(entities === undefined ? [] : [entities])];
}

/** Which rows are of due entities; undefined where all count. */
function dueRows(dialect: Dialect, question: TableQuestion): string | undefined {
  const { check, days = [], types } = question;
  if (check.entity === undefined || days.every(({ entities }) => entities === undefined)) return undefined;
  const key = keyColumn(dialect, check.entity, typeOf(types, check.entity));
  const isDue = (entities: NonNullable<DayRows["entities"]>): string => {
    if ("keysBy" in entities) return `${key} IN (${entities.keysBy})`;
    const keys = [...new Set(entities.map(entityKey))].map((entity) => textLiteral(dialect, entity));
    return keys.length === 0 ? "false" : `${key} IN (${keys.join(", ")})`;
  };
  const each = days.map(({ day, entities }) => {
    const rows = days.length === 1 ? [] : [rowsOfDay(dialect, dayColumn(question), day)];
    return [...rows, ...(entities === undefined ? [] : [isDue(entities)])].join(" AND ");
  });
  return days.length === 1 ? each[0] : `(${each.map((one) => `(${one})`).join(" OR ")})`;
}

function dayColumn({ check, timezone, types }: TableQuestion): Parameters<typeof rowsOfDay>[1] {
  return { column: check.day ?? "", type: typeOf(types, check.day), timezone };
}

function daysOf(days: readonly DayRows[]): readonly string[] {
  return days.map(({ day }) => day);
}
