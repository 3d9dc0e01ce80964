/** Asks the warehouse whether the columns that the configuration names are there. */

import type { Config } from "@kintsugi/config/model";
import type { Problem } from "@kintsugi/config/problem";
import { namedTables, readSource, verifyColumns } from "@kintsugi/config/verify-columns";
import { tableName } from "@kintsugi/ports/sql-text";
import type { Warehouse } from "@kintsugi/ports/warehouse";
import { duckdbFileWarehouse } from "./duckdb-warehouse.ts";

/** What cannot be asked, a table that is not there yet or a file that another process holds, is no problem of the configuration. */
export async function columnProblems(config: Config, asked = fileWarehouse(config)): Promise<readonly Problem[]> {
  if (asked === undefined) return [];
  const columnsOf = new Map<string, readonly string[]>();
  for (const table of namedTables(config)) {
    const columns = await columnsIn(asked, table);
    if (columns !== undefined) columnsOf.set(table, columns);
  }
  return verifyColumns(config, columnsOf, await readSource(config.file));
}

function fileWarehouse({ warehouse, directory }: Config): Warehouse | undefined {
  return warehouse?.kind === "duckdb" ? duckdbFileWarehouse(warehouse.path, directory) : undefined;
}

async function columnsIn(warehouse: Warehouse, table: string): Promise<readonly string[] | undefined> {
  try {
    const { rows } = await warehouse.query(`DESCRIBE SELECT * FROM ${tableName(warehouse.dialect, table)}`);
    return rows.map((row) => String(row["column_name"]));
  } catch {
    return undefined;
  }
}
