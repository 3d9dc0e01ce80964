/** Finds tables and columns that the warehouse does not have, and columns that hold something else than a metric needs. Pure. */

import { aggregateWants } from "@kintsugi/config/aggregate-wants";
import type { Aggregate, Check, Config } from "@kintsugi/config/model";
import { type Path, valueAt } from "@kintsugi/config/path";
import { type Problem, problemAt, type Source } from "@kintsugi/config/problem";
import { textAt } from "@kintsugi/config/shown-text";
import { isNeverTime, otherThanNumber } from "@kintsugi/ports/column-type";
import type { Column } from "@kintsugi/ports/warehouse";

type Named = {
  readonly table: string;
  readonly column: string;
  readonly path: Path;
  readonly index?: number;
  readonly tablePath: Path;
  /** What is computed of it. */
  readonly aggregate?: Aggregate;
};

export type KnownTables = {
  /** Undefined for one that is not there; a table that could not be asked is not among them. */
  readonly columnsOf: ReadonlyMap<string, readonly Column[] | undefined>;
  /** All that there are, by their names. */
  readonly names: readonly string[];
};

/** The tables that are named, each once. */
export function namedTables(config: Config): readonly string[] {
  return [...new Set(tablePlaces(config).map(({ table }) => table))];
}

/** Names differ by more than their case, as in DuckDB. */
export function verifyColumns(config: Config, { columnsOf, names }: KnownTables, source: Source): readonly Problem[] {
  const gone = tablePlaces(config).flatMap(({ table, path }) =>
    columnsOf.has(table) && columnsOf.get(table) === undefined
      ? problemAt(source, path, (text) => `${text} is no table of the warehouse`, { among: names })
      : [],
  );
  const wrong = namedColumns(config).flatMap((named) => {
    const columns = columnsOf.get(named.table);
    return columns === undefined ? [] : problemOf(source, named, columns);
  });
  return [...gone, ...wrong];
}

function problemOf(
  source: Source,
  { table, column, tablePath, aggregate, ...named }: Named,
  columns: readonly Column[],
): readonly Problem[] {
  const found = columns.find(({ name }) => name.toLowerCase() === column.toLowerCase());
  const path = pathIn(source, named);
  const given = textAt(source.written, path) === undefined ? { offending: column } : {};
  if (found === undefined) {
    const where = textAt(source.written, tablePath) ?? table;
    return [problemAt(source, path, (text) => `${text} is no column of ${where}`, { allowed: columns.map(({ name }) => name), ...given })];
  }
  const wants = aggregateWants(aggregate);
  const other = wants === "number" ? otherThanNumber(found.type) : wants === "time" && isNeverTime(found.type) ? "no time" : undefined;
  return other === undefined ? [] : [problemAt(source, path, (text) => `${text} is ${other}: ${aggregate} needs a ${wants}`, given)];
}

/** One column may stand by itself or in a list. */
function pathIn({ written }: Source, { path, index }: Pick<Named, "path" | "index">): Path {
  return index === undefined || valueAt(written, [...path, index]) === undefined ? path : [...path, index];
}

function tablePlaces({ calendar, phases }: Config): readonly { readonly table: string; readonly path: Path }[] {
  const ofCalendar = calendar === undefined ? [] : [{ table: calendar.table, path: ["calendar", "table"] }];
  const checks = phases.flatMap((phase) => phase.checks);
  return [
    ...ofCalendar,
    ...checks.flatMap((check) => (check.kind === "sql" ? [] : { table: check.table, path: [...placeOf(check), "table"] })),
  ];
}

function placeOf({ phase, name }: Check): Path {
  return ["phases", phase, "checks", name];
}

function namedColumns({ calendar, phases }: Config): readonly Named[] {
  const inCalendar = (["day", "entity", "starts"] as const).flatMap((key): readonly Named[] => {
    const column = calendar?.[key];
    if (calendar === undefined || column === undefined) return [];
    const aggregate = key === "starts" ? { aggregate: "age" as const } : {};
    return [{ table: calendar.table, column, path: ["calendar", key], tablePath: ["calendar", "table"], ...aggregate }];
  });
  return [...inCalendar, ...phases.flatMap(({ checks }) => checks.flatMap(columnsOfCheck))];
}

function columnsOfCheck(check: Check): readonly Named[] {
  if (check.kind === "sql") return [];
  const at = placeOf(check);
  const named = { table: check.table, tablePath: [...at, "table"] };
  const keys = (["day", "entity"] as const).flatMap((key) =>
    check[key] === undefined ? [] : { ...named, column: check[key], path: [...at, key] },
  );
  const masked = (check.masked ?? []).map((column, index) => ({ ...named, column, index, path: [...at, "mask"] }));
  const metrics = check.metrics.flatMap(({ name, aggregate, columns }) =>
    columns.flatMap((column, index) =>
      column === "*" || aggregate === undefined ? [] : { ...named, column, index, aggregate, path: [...at, "metrics", name, aggregate] },
    ),
  );
  return [...keys, ...masked, ...metrics];
}
