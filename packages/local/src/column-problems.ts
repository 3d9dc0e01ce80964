/** Asks the warehouse whether what the configuration names is there, and whether what it says in SQL can run. */

import { readFile } from "node:fs/promises";
import type { Config } from "@kintsugi/config/model";
import { noPlace } from "@kintsugi/config/places";
import { inOrder, type Problem, type Source } from "@kintsugi/config/problem";
import { readYaml } from "@kintsugi/config/read-yaml";
import { isPermanent, messageOf } from "@kintsugi/ports/failure";
import type { JsonObject } from "@kintsugi/ports/json";
import type { Column, Warehouse } from "@kintsugi/ports/warehouse";
import { duckdbFileWarehouse } from "./duckdb-warehouse.ts";
import { namedTables, verifyColumns } from "./verify-columns.ts";
import { type Proof, problemsOf, provables } from "./verify-statements.ts";

/** What cannot be asked, such as a file that another process holds, is no problem of the configuration. */
export async function columnProblems(config: Config, asked = fileWarehouse(config)): Promise<readonly Problem[]> {
  if (asked === undefined || (config.calendar === undefined && config.phases.every(({ checks }) => checks.length === 0))) return [];
  const source = await readSource(config.file);
  try {
    const columnsOf = new Map<string, readonly Column[] | undefined>();
    for (const table of namedTables(config)) columnsOf.set(table, await unlessWrong(asked.columns(table)));
    const columns = verifyColumns(config, { columnsOf, names: await tablesOf(asked) }, source);
    const statements: Problem[] = [];
    // Of a table that is not there, all that is said of it would be refused.
    const provable = provables(config, asked.dialect).filter(({ table }) => table === undefined || columnsOf.get(table) !== undefined);
    for (const one of provable) statements.push(...problemsOf(one, await prove(asked, one.sql), source));
    return inOrder([...columns, ...statements]);
  } catch {
    return [];
  }
}

function fileWarehouse({ warehouse, directory }: Config): Warehouse | undefined {
  return warehouse?.kind === "duckdb" ? duckdbFileWarehouse(warehouse.path, directory) : undefined;
}

/** The file as it is written, for places; one that is no more has none. */
async function readSource(file: string): Promise<Source> {
  try {
    return readYaml(file, await readFile(file, "utf8")).source;
  } catch {
    return { file, place: noPlace, written: undefined };
  }
}

async function unlessWrong<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isPermanent(error)) return undefined;
    throw error;
  }
}

async function tablesOf(warehouse: Warehouse): Promise<readonly string[]> {
  const { rows } = await warehouse.query("SELECT table_schema, table_name FROM information_schema.tables");
  const schema = (row: JsonObject): string => (row["table_schema"] === "main" ? "" : `${String(row["table_schema"])}.`);
  return rows.map((row) => `${schema(row)}${String(row["table_name"])}`);
}

async function prove(warehouse: Warehouse, sql: string): Promise<Proof> {
  try {
    return { types: (await warehouse.query(sql)).types ?? {} };
  } catch (error) {
    if (isPermanent(error)) return { fault: messageOf(error) };
    throw error;
  }
}
