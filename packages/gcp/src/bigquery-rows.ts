/** BigQuery's values as JSON, and its errors as failures. */

import { Failure, type FailureClass, messageOf } from "@kintsugi/ports/failure";
import type { Json, JsonObject } from "@kintsugi/ports/json";

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

function jsonOf(value: unknown): Json {
  if (value === null || value === undefined || typeof value === "boolean" || typeof value === "string") return value ?? null;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (Array.isArray(value)) return value.map(jsonOf);
  if (Buffer.isBuffer(value)) return value.toString("base64");
  if (typeof value !== "object") return null;
  // NUMERIC comes as a big.js number, times as objects with their text.
  if (value.constructor.name === "Big") return Number(value);
  if ("value" in value && typeof value.value === "string")
    return value.constructor.name === "BigQueryTimestamp" ? new Date(value.value).toISOString() : value.value;
  return rowOf(value as Readonly<Record<string, unknown>>);
}
