/** The ledger's tables in DuckDB, unique by key at write. */

import type { DuckDBConnection, DuckDBPreparedStatement } from "@duckdb/node-api";
import { Failure, messageOf } from "@kintsugi/ports/failure";
import type { LedgerTables } from "@kintsugi/ports/warehouse";
import { failureOf, queryRows } from "./duckdb-rows.ts";

export type LedgerTable = {
  readonly name: string;
  readonly key: string;
  /** In BigQuery's JSON schema form. */
  readonly schema: readonly { readonly name: string; readonly type: string; readonly mode?: string }[];
};

const TYPES: Readonly<Record<string, string>> = {
  STRING: "VARCHAR",
  INTEGER: "BIGINT",
  FLOAT: "DOUBLE",
  BOOLEAN: "BOOLEAN",
  TIMESTAMP: "TIMESTAMPTZ",
  DATE: "DATE",
  JSON: "JSON",
};

export function duckdbLedger(connect: () => Promise<DuckDBConnection>, tables: readonly LedgerTable[]): LedgerTables {
  let ready: Promise<DuckDBConnection> | undefined;
  const open = async (): Promise<DuckDBConnection> => {
    ready ??= connect().then(async (connection) => {
      await connection.run("SET TimeZone = 'UTC'");
      await connection.run("CREATE SCHEMA IF NOT EXISTS kintsugi");
      for (const table of tables) await connection.run(createStatement(table));
      return connection;
    });
    try {
      return await ready;
    } catch (error) {
      ready = undefined;
      throw failureOf(error);
    }
  };
  const inserts = new Map<string, Promise<DuckDBPreparedStatement>>();
  const prepared = (connection: DuckDBConnection, table: string, sql: string): Promise<DuckDBPreparedStatement> => {
    const before = inserts.get(table);
    if (before !== undefined) return before;
    const statement = connection.prepare(sql);
    inserts.set(table, statement);
    statement.catch(() => inserts.delete(table));
    return statement;
  };
  const statements = new Map(tables.map((table) => [table.name, appendStatement(table)]));
  /** One append after the other: they share the prepared statements. */
  let last: Promise<unknown> = Promise.resolve();

  async function insert(table: string, rows: string): Promise<void> {
    const connection = await open();
    const sql = statements.get(table);
    if (sql === undefined) throw new Failure("needs-human", `the ledger has no table ${table}`, { about: "warehouse" });
    try {
      const statement = await prepared(connection, table, sql);
      statement.bindVarchar(1, rows);
      await statement.run();
    } catch (error) {
      if (!/duplicate key/i.test(messageOf(error))) throw appendFailure(error);
      // Looking for duplicates costs several times what the insert does, and they are rare.
      await connection.run(sql.replace("INSERT", "INSERT OR IGNORE"), [rows]).catch((second: unknown) => {
        throw appendFailure(second);
      });
    }
  }

  return {
    dialect: "duckdb",
    async append(table, rows) {
      if (rows.length === 0) return;
      const appended = last.then(() => insert(table, JSON.stringify(rows)));
      last = appended.catch(() => {});
      await appended;
    },
    query: async (sql) => ({ rows: await queryRows(await open(), sql), bytes: 0 }),
  };
}

/** What a value can be at fault for; anything else that lasts is the table's fault, and people's to mend. */
const FAULT_OF_A_ROW = /^(?:Conversion|Constraint|Invalid Input|Out of Range|Invalid type) Error/i;

function appendFailure(error: unknown): Failure {
  const failure = failureOf(error);
  if (failure.failure !== "permanent" || FAULT_OF_A_ROW.test(failure.message)) return failure;
  return new Failure("needs-human", failure.message, { cause: error, about: "warehouse" });
}

function createStatement({ name, key, schema }: LedgerTable): string {
  const columns = schema.map((column) => `"${column.name}" ${TYPES[column.type]!}${column.mode === "REQUIRED" ? " NOT NULL" : ""}`);
  return `CREATE TABLE IF NOT EXISTS kintsugi."${name}" (${columns.join(", ")}, PRIMARY KEY ("${key}"))`;
}

/** One statement for any number of rows: they come as one JSON parameter. */
function appendStatement({ name, schema }: LedgerTable): string {
  const form = JSON.stringify([Object.fromEntries(schema.map((column) => [column.name, column.type === "JSON" ? "JSON" : "VARCHAR"]))]);
  const values = schema.map((column) =>
    column.type === "JSON" ? `r."${column.name}"` : `CAST(r."${column.name}" AS ${TYPES[column.type]!})`,
  );
  const names = schema.map((column) => `"${column.name}"`);
  return `INSERT INTO kintsugi."${name}" (${names.join(", ")}) SELECT ${values.join(", ")} FROM (SELECT unnest(from_json($1::JSON, '${form}')) AS r)`;
}
