/** The warehouse: the user's tables to look at, and the ledger's tables to append to. BigQuery or DuckDB. */

import type { ColumnType } from "./column-type.ts";
import type { JsonObject } from "./json.ts";

export type Dialect = "duckdb" | "bigquery";

export type Column = { readonly name: string; readonly type: ColumnType };

export type QueryResult = {
  /** Numbers are JSON numbers, times RFC 3339 UTC, dates `YYYY-MM-DD`. A whole or decimal number that JSON would round is its text. */
  readonly rows: readonly JsonObject[];
  /** Of the columns of the rows, by name. */
  readonly types?: Readonly<Record<string, ColumnType>>;
  /** Bytes billed; 0 where nothing is billed. */
  readonly bytes: number;
};

export type Warehouse = {
  readonly dialect: Dialect;
  /** Read only. A statement that is wrong is a permanent `Failure`, a warehouse that is away a transient one. */
  query(sql: string): Promise<QueryResult>;
  /** A table's columns, in its order and free of charge. A table that is not there is a permanent `Failure`. */
  columns(table: string): Promise<readonly Column[]>;
};

/** The ledger's side of the warehouse. Tables are those of `@kintsugi/ledger/tables`. */
export type LedgerTables = {
  readonly dialect: Dialect;
  /** Idempotent by the table's key: a row that is there already stays as it is, and is not counted twice by who reads. */
  append(table: string, rows: readonly JsonObject[]): Promise<void>;
  query(sql: string): Promise<QueryResult>;
};
