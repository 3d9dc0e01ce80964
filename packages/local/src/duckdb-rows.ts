/** Runs statements on DuckDB and turns its values into JSON. */

import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBResultReader } from "@duckdb/node-api";
import { sqlParts } from "@kintsugi/config/sql-parts";
import { Failure, messageOf } from "@kintsugi/ports/failure";
import type { Json, JsonObject } from "@kintsugi/ports/json";
import { tableName } from "@kintsugi/ports/sql-text";
import type { ColumnType } from "@kintsugi/ports/column-type";
import type { Column, QueryResult } from "@kintsugi/ports/warehouse";

/** So many decimal digits come back from a binary number as they were. Source: DBL_DIG. */
const SAFE_DIGITS = 15;
/** Errors that may pass by themselves; all others are the statement's fault. */
const PASSING = /IO Error|Could not set lock|Connection Error|Out of Memory|INTERRUPT/i;

/** By the names that DESCRIBE gives. */
const TYPES: readonly (readonly [name: RegExp, type: ColumnType])[] = [
  [/^U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?$/, "integer"],
  [/^DECIMAL\(\d+,\d+\)$/, "decimal"],
  [/^FLOAT$/, "single"],
  [/^DOUBLE$/, "float"],
  [/^BOOLEAN$/, "boolean"],
  [/^(?:VARCHAR|ENUM\(.*\))$/s, "text"],
  [/^DATE$/, "date"],
  [/^TIMESTAMP(?:_S|_MS|_NS)?$/, "time"],
  [/^TIMESTAMP WITH TIME ZONE$/, "instant"],
];

export async function queryRows(connection: DuckDBConnection, sql: string): Promise<readonly JsonObject[]> {
  return (await queryTyped(connection, sql)).rows;
}

export async function queryTyped(connection: DuckDBConnection, sql: string): Promise<Required<QueryResult>> {
  return await typedRows(() => connection.runAndReadAll(sql));
}

async function typedRows(read: () => Promise<DuckDBResultReader>): Promise<Required<QueryResult>> {
  try {
    const values = await import("@duckdb/node-api");
    const reader = await read();
    const names = reader.columnNames();
    const rows = reader.getRows().map((row) => Object.fromEntries(row.map((value, index) => [names[index]!, jsonOf(value, values)])));
    const types = reader.columnTypes().map((type, index) => [names[index]!, columnType(String(type))] as const);
    return { rows, types: Object.fromEntries(types), bytes: 0 };
  } catch (error) {
    throw failureOf(error);
  }
}

/** EXPORT makes its folder when it is only prepared, so a statement is judged by its first word before that. */
const READS = /^\s*(?:\(\s*)*(?:select|with|from|values|describe)\b/i;

/** @throws a permanent Failure for anything but one SELECT: a check reads, whatever its author wrote */
export async function selectTyped(connection: DuckDBConnection, sql: string): Promise<Required<QueryResult>> {
  const code = sqlParts("duckdb", sql).map(({ kind, text }) => (kind === "comment" ? " " : text));
  const select = READS.test(code.join("")) ? await prepareSelect(connection, sql) : undefined;
  if (select === undefined) throw new Failure("permanent", "has to be one SELECT: what looks at the data only reads");
  try {
    return await typedRows(() => select.runAndReadAll());
  } finally {
    select.destroySync();
  }
}

/** Undefined where it is another statement, or not one alone. */
async function prepareSelect(connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement | undefined> {
  try {
    const { StatementType } = await import("@duckdb/node-api");
    const statements = await connection.extractStatements(sql);
    if (statements.count !== 1) return undefined;
    const prepared = await statements.prepare(0);
    return prepared.statementType === StatementType.SELECT ? prepared : undefined;
  } catch (error) {
    throw failureOf(error);
  }
}

export async function describeTable(connection: DuckDBConnection, table: string): Promise<readonly Column[]> {
  const rows = await queryRows(connection, `DESCRIBE SELECT * FROM ${tableName("duckdb", table)}`);
  return rows.map((row) => ({ name: String(row["column_name"]), type: columnType(String(row["column_type"])) }));
}

function columnType(name: string): ColumnType {
  return TYPES.find(([pattern]) => pattern.test(name))?.[1] ?? "other";
}

export function failureOf(error: unknown): Failure {
  const message = messageOf(error).split("\n")[0]!;
  // A statement that is wrong did reach the warehouse: whoever sent it knows which table it is about.
  if (!PASSING.test(message)) return new Failure("permanent", message, { cause: error });
  return new Failure("transient", message, { cause: error, about: "warehouse" });
}

type Values = Pick<
  typeof import("@duckdb/node-api"),
  "DuckDBDateValue" | "DuckDBDecimalValue" | "DuckDBTimestampTZValue" | "DuckDBTimestampValue"
>;

function jsonOf(value: unknown, values: Values): Json {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "bigint")
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value);
  if (value instanceof values.DuckDBDecimalValue) return decimalOf(value.toString());
  if (value instanceof values.DuckDBDateValue) return value.toString();
  if (value instanceof values.DuckDBTimestampValue || value instanceof values.DuckDBTimestampTZValue)
    return new Date(Number(value.micros / 1_000n)).toISOString();
  return String(value);
}

/** A number where it means the same as the text, else the text. */
function decimalOf(text: string): Json {
  const digits = text.replace("-", "").replace(".", "").replace(/^0+/, "");
  return digits.length <= SAFE_DIGITS ? Number(text) : text;
}
