/** What both dialects make of their types. Pure. */

/** `single` is DuckDB's FLOAT; `time` a date and time without a zone, `instant` one with a zone. */
export type ColumnType = "integer" | "decimal" | "single" | "float" | "boolean" | "text" | "date" | "time" | "instant" | "other";

/** What a column of this type holds, for people, where that is no number. */
export function otherThanNumber(type: ColumnType | undefined): string | undefined {
  switch (type) {
    case "text":
      return "text";
    case "date":
      return "a date";
    case "time":
    case "instant":
      return "a time";
    case "other":
      return "no number";
    case "integer":
    case "decimal":
    case "single":
    case "float":
    case "boolean":
    case undefined:
      return undefined;
  }
}

/** Text may carry a time. */
export function isNeverTime(type: ColumnType | undefined): boolean {
  switch (type) {
    case "integer":
    case "decimal":
    case "single":
    case "float":
    case "boolean":
    case "other":
      return true;
    case "text":
    case "date":
    case "time":
    case "instant":
    case undefined:
      return false;
  }
}
