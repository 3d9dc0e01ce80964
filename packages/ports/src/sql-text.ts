/** Identifiers and literals per dialect. */

import { Failure } from "./failure.ts";
import type { Dialect } from "./warehouse.ts";

/** @throws a permanent Failure for a name that holds control characters */
export function identifier(dialect: Dialect, name: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what must not pass
  if (/[\u0000-\u001f\u007f]/.test(name) || name === "")
    throw new Failure("permanent", `${JSON.stringify(name)} is no name of a table or column`);
  return dialect === "duckdb" ? `"${name.replaceAll('"', '""')}"` : `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}

/** A path such as `dataset.table`, each part quoted. */
export function tableName(dialect: Dialect, path: string): string {
  return path
    .split(".")
    .map((part) => identifier(dialect, part))
    .join(".");
}

export function textLiteral(dialect: Dialect, text: string): string {
  return dialect === "duckdb" ? `'${text.replaceAll("'", "''")}'` : JSON.stringify(text);
}

export function dateLiteral(day: string): string {
  return `DATE '${day}'`;
}

/** A value as text, as the dialect writes it. */
export function asText(dialect: Dialect, value: string): string {
  return `CAST(${value} AS ${dialect === "duckdb" ? "VARCHAR" : "STRING"})`;
}
