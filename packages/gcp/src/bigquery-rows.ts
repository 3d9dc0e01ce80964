/** BigQuery's values as JSON, and its errors as failures. */

import { Failure, type FailureClass, messageOf } from "@kintsugi/ports/failure";
import type { Json, JsonObject } from "@kintsugi/ports/json";
import type { ColumnType } from "@kintsugi/ports/column-type";

/** Reasons: https://cloud.google.com/bigquery/docs/error-messages */
const CLASSES: Readonly<Record<string, FailureClass>> = {
  invalid: "permanent",
  invalidQuery: "permanent",
  notFound: "permanent",
  duplicate: "permanent",
  bytesBilledLimitExceeded: "permanent",
  resourcesExceeded: "permanent",
  responseTooLarge: "permanent",
  notImplemented: "permanent",
  accessDenied: "needs-human",
  authError: "needs-human",
  billingNotEnabled: "needs-human",
  billingTierLimitExceeded: "needs-human",
};

type Cause = { readonly reason?: string; readonly message?: string };

/** What is not known to be lasting may pass: quotas, back-end errors, time-outs. */
export function bigqueryFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const { errors, code } = error as { errors?: readonly (Cause & { readonly errors?: readonly Cause[] })[]; code?: unknown };
  // The client wraps what is wrong with a row once more.
  const first = errors?.[0]?.errors?.[0] ?? errors?.[0];
  const lasting = code === 400 || code === 404 ? "permanent" : code === 401 || code === 403 ? "needs-human" : "transient";
  const passing = first?.reason !== undefined && /rateLimit|quota|backend|internal|stopped|tableUnavailable/i.test(first.reason);
  const failure = passing ? "transient" : (CLASSES[first?.reason ?? ""] ?? lasting);
  // A statement that is wrong says nothing of the warehouse.
  const about = failure === "permanent" ? {} : { about: "warehouse" };
  return new Failure(failure, `bigquery: ${first?.message ?? messageOf(error)}`, { cause: error, ...about });
}

export function rowOf(row: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, jsonOf(value)]));
}

type Row = Readonly<Record<string, unknown>>;

/** Told by the values: the client hides the answer's schema. A column without a value has none. */
export function typesOf(rows: readonly Row[]): Readonly<Record<string, ColumnType>> {
  const types: Record<string, ColumnType> = {};
  for (const row of rows) for (const [name, value] of Object.entries(row)) if (value !== null) types[name] ??= typeOf(value);
  return types;
}

/** By the names of the client's classes. */
const CLASS_TYPES: Readonly<Record<string, ColumnType>> = {
  Number: "float",
  Boolean: "boolean",
  String: "text",
  BigQueryInt: "integer",
  Big: "decimal",
  BigQueryDate: "date",
  BigQueryDatetime: "time",
  BigQueryTimestamp: "instant",
};

function typeOf(value: unknown): ColumnType {
  return CLASS_TYPES[(value as object).constructor.name] ?? "other";
}

/** By the names of the API's types, of both its generations. */
const API_TYPES: Readonly<Record<string, ColumnType>> = {
  INTEGER: "integer",
  INT64: "integer",
  NUMERIC: "decimal",
  BIGNUMERIC: "decimal",
  FLOAT: "float",
  FLOAT64: "float",
  BOOLEAN: "boolean",
  BOOL: "boolean",
  STRING: "text",
  DATE: "date",
  DATETIME: "time",
  TIMESTAMP: "instant",
};

export function columnType(name: string): ColumnType {
  return API_TYPES[name] ?? "other";
}

/** So many decimal digits come back from a binary number as they were. Source: DBL_DIG. */
const SAFE_DIGITS = 15;

/** A number where it means the same as the text, else the text. */
function decimalOf(text: string): Json {
  return text.replace(/^-?0*\.?0*/, "").replace(".", "").length <= SAFE_DIGITS ? Number(text) : text;
}

function jsonOf(value: unknown): Json {
  if (value === null || value === undefined || typeof value === "boolean" || typeof value === "string") return value ?? null;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (Array.isArray(value)) return value.map(jsonOf);
  if (Buffer.isBuffer(value)) return value.toString("base64");
  if (typeof value !== "object") return null;
  // NUMERIC comes as a big.js number, times as objects with their text.
  if (value.constructor.name === "Big") return decimalOf((value as { toFixed(): string }).toFixed());
  // Its own conversion to a number throws where JSON would round; its text loses nothing.
  if (value.constructor.name === "BigQueryInt" && "value" in value) return wholeOf(String(value.value));
  if ("value" in value && typeof value.value === "string")
    return value.constructor.name === "BigQueryTimestamp" ? new Date(value.value).toISOString() : value.value;
  return rowOf(value as Readonly<Record<string, unknown>>);
}

function wholeOf(digits: string): number | string {
  return Number.isSafeInteger(Number(digits)) ? Number(digits) : digits;
}
