/** Ids are equal when they are the same whole number, whatever their types: 22500714, 22500714.0 and '0022500714'. Pure. */

import { asText, identifier } from "@kintsugi/ports/sql-text";
import type { ColumnType } from "@kintsugi/ports/column-type";
import type { Dialect } from "@kintsugi/ports/warehouse";

/** Beyond it a binary number does not hold every whole one. */
const MOST_WHOLE = "1e15";

/** What stands for an id when it is compared: of a whole number its plain digits, else the text itself. */
export function entityKey(id: string): string {
  return id.replace(/^(-?)0*(0|[1-9][0-9]*)(?:[.]0*)?$/, "$1$2");
}

/** The same in SQL. @param type undefined where nobody could tell: then the column is taken as text */
export function keyColumn(dialect: Dialect, column: string, type: ColumnType | undefined): string {
  const name = identifier(dialect, column);
  if (type === "integer") return asText(dialect, name);
  if (type === "single" || type === "float") {
    const whole = `CAST(${name} AS ${dialect === "duckdb" ? "BIGINT" : "INT64"})`;
    return `CASE WHEN ${name} = trunc(${name}) AND abs(${name}) < ${MOST_WHOLE} THEN ${asText(dialect, whole)} ELSE ${asText(dialect, name)} END`;
  }
  const raw = dialect === "duckdb" ? "" : "r";
  const given = type === "text" ? name : asText(dialect, name);
  return `regexp_replace(${given}, '^(-?)0*([0-9]+)(?:[.]0*)?$', ${raw}'\\1\\2')`;
}

/** An id as people write it: text keeps its zeros. */
export function entityText(dialect: Dialect, column: string, type: ColumnType | undefined): string {
  const isNumber = type === "single" || type === "float" || type === "decimal";
  return isNumber ? keyColumn(dialect, column, type) : asText(dialect, identifier(dialect, column));
}
