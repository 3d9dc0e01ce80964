/** Creates a user's table of a scenario and fills it from rows, a CSV file or a SELECT. */

import type { Action } from "./scenario-form.ts";
import type { StageTables } from "./stage-tables.ts";

export async function createTable(tables: StageTables, { table, columns, csv, rows, select }: Action): Promise<void> {
  const path = table!.split(".");
  const name = path.map(quoted).join(".");
  if (path.length > 1) await tables.change(`CREATE SCHEMA IF NOT EXISTS ${path.slice(0, -1).map(quoted).join(".")}`);
  const source = select ?? (csv === undefined ? undefined : readCsv(csv, columns));
  if (columns === undefined) {
    await tables.change(`CREATE TABLE IF NOT EXISTS ${name} AS ${source!}`);
    return;
  }
  const declared = Object.entries(columns).map(([column, type]) => `${quoted(column)} ${type}`);
  await tables.change(`CREATE TABLE IF NOT EXISTS ${name} (${declared.join(", ")})`);
  if (source !== undefined) await tables.change(`INSERT INTO ${name} ${source}`);
  if (rows === undefined || rows.length === 0) return;
  const tuples = rows.map((row) => `(${row.map(literal).join(", ")})`);
  await tables.change(`INSERT INTO ${name} VALUES ${tuples.join(", ")}`);
}

/** Text columns stay text: an id such as 0022400974 keeps its zeros. */
function readCsv(csv: string, columns: Readonly<Record<string, string>> | undefined): string {
  const wanted =
    columns === undefined
      ? "*"
      : Object.entries(columns)
          .map(([column, type]) => `CAST(${quoted(column)} AS ${type})`)
          .join(", ");
  return `SELECT ${wanted} FROM read_csv(${literal(csv)}, all_varchar = true, header = true)`;
}

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return "NULL";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return `'${text.replaceAll("'", "''")}'`;
}
