/** Finds columns that are in no table, for who can ask the warehouse. Reads the file again to tell where they stand. */

import { readFile } from "node:fs/promises";
import type { Check, Config } from "./model.ts";
import { type Path, valueAt } from "./path.ts";
import { noPlace } from "./places.ts";
import { inOrder, type Problem, problemAt, type Source } from "./problem.ts";
import { readYaml } from "./read-yaml.ts";
import { textAt } from "./shown-text.ts";

type Named = { readonly table: string; readonly column: string; readonly path: Path; readonly index?: number; readonly tablePath: Path };

/** The tables whose columns are named. */
export function namedTables(config: Config): readonly string[] {
  return [...new Set(namedColumns(config).map(({ table }) => table))];
}

/**
 * Names differ by more than their case, as in DuckDB.
 * @param columnsOf by table; a table that is not in it may still come, and is no problem
 */
export function verifyColumns(config: Config, columnsOf: ReadonlyMap<string, readonly string[]>, source: Source): readonly Problem[] {
  const problems = namedColumns(config).flatMap(({ table, column, tablePath, ...named }) => {
    const allowed = columnsOf.get(table);
    if (allowed === undefined || allowed.some((each) => each.toLowerCase() === column.toLowerCase())) return [];
    const path = pathIn(source, named);
    const where = textAt(source.written, tablePath) ?? table;
    const given = textAt(source.written, path) === undefined ? { offending: column } : {};
    return [problemAt(source, path, (text) => `${text} is no column of ${where}`, { allowed, ...given })];
  });
  return inOrder(problems);
}

/** One column may stand by itself or in a list. */
function pathIn({ written }: Source, { path, index }: Pick<Named, "path" | "index">): Path {
  return index === undefined || valueAt(written, [...path, index]) === undefined ? path : [...path, index];
}

/** The file as it is written, for places; one that is no more has none. */
export async function readSource(file: string): Promise<Source> {
  try {
    return readYaml(file, await readFile(file, "utf8")).source;
  } catch {
    return { file, place: noPlace, written: undefined };
  }
}

function namedColumns({ calendar, phases }: Config): readonly Named[] {
  const inCalendar = (["day", "entity", "starts"] as const).flatMap((key) => {
    const column = calendar?.[key];
    return calendar === undefined || column === undefined
      ? []
      : [{ table: calendar.table, column, path: ["calendar", key], tablePath: ["calendar", "table"] }];
  });
  return [...inCalendar, ...phases.flatMap(({ checks }) => checks.flatMap(columnsOfCheck))];
}

function columnsOfCheck(check: Check): readonly Named[] {
  if (check.kind === "sql") return [];
  const at = ["phases", check.phase, "checks", check.name];
  const named = { table: check.table, tablePath: [...at, "table"] };
  return [
    ...(["day", "entity"] as const).flatMap((key) =>
      check[key] === undefined ? [] : [{ ...named, column: check[key], path: [...at, key] }],
    ),
    ...check.metrics.flatMap(({ name, aggregate = "count", columns }) =>
      columns.flatMap((column, index) => (column === "*" ? [] : [{ ...named, column, index, path: [...at, "metrics", name, aggregate] }])),
    ),
  ];
}
