/** What a table's columns are, asked once in an evaluation; and which metrics can never be computed from them. */

import { aggregateWants } from "@kintsugi/config/aggregate-wants";
import type { Metric, TableCheck } from "@kintsugi/config/model";
import { nearestOf } from "@kintsugi/config/nearest";
import { isNeverTime, otherThanNumber } from "@kintsugi/ports/column-type";
import { isPermanent } from "@kintsugi/ports/failure";
import type { Warehouse } from "@kintsugi/ports/warehouse";
import { type ColumnTypes, typeOf } from "./compile.ts";

export type TableColumns = {
  readonly names: readonly string[];
  readonly types: ColumnTypes;
};

/** Undefined where the warehouse knows no such table: the statement itself will say more. */
export type AskColumns = (table: string) => Promise<TableColumns | undefined>;

export function columnAsker(warehouse: Warehouse): AskColumns {
  const answers = new Map<string, Promise<TableColumns | undefined>>();
  return async (table) => {
    const answer = answers.get(table) ?? askColumns(warehouse, table);
    answers.set(table, answer);
    return await answer;
  };
}

async function askColumns(warehouse: Warehouse, table: string): Promise<TableColumns | undefined> {
  try {
    const columns = await warehouse.columns(table);
    if (columns.length === 0) return undefined;
    return { names: columns.map(({ name }) => name), types: new Map(columns.map(({ name, type }) => [name.toLowerCase(), type])) };
  } catch (error) {
    if (isPermanent(error)) return undefined;
    throw error;
  }
}

type Named = Pick<TableCheck, "table" | "day" | "entity">;

/** Why a metric cannot be computed, in words that a reason can be. */
export function metricFault(check: Named, metric: Metric, columns: TableColumns | undefined): string | undefined {
  if (columns === undefined) return undefined;
  const named = [...metric.columns.filter((column) => column !== "*"), check.day, check.entity];
  const gone = named.find((column) => column !== undefined && !columns.types.has(column.toLowerCase()));
  if (gone !== undefined) {
    const nearest = nearestOf(gone, columns.names);
    return `${check.table} has no column ${gone}${nearest === undefined ? "" : `; did you mean ${nearest}?`}`;
  }
  return typeFault(metric, columns.types);
}

/** A number is never compared as text, and no age is read out of a number. */
function typeFault({ aggregate, columns: [column] }: Metric, types: ColumnTypes): string | undefined {
  const type = typeOf(types, column);
  const wants = aggregateWants(aggregate);
  const other = wants === "number" ? otherThanNumber(type) : wants === "time" && isNeverTime(type) ? "no time" : undefined;
  return other === undefined ? undefined : `${column} is ${other}`;
}
