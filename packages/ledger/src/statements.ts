/** Every statement of ours against the warehouse, in both dialects; `kintsugi sql` shows what the code sends. */

import { textLiteral } from "@kintsugi/ports/sql-text";
import type { Dialect } from "@kintsugi/ports/warehouse";
import { healingEvents, ledgerTables, otherEvents, type Table } from "./tables.ts";

export type Statement = { readonly name: string; readonly sql: string; readonly parameters: Readonly<Record<string, string>> };

/** How the tables are called: DuckDB has them in the schema `kintsugi`, BigQuery in a dataset, read through views without duplicates. */
export type Place = { readonly dialect: Dialect; readonly dataset: string };

export const localPlace: Place = { dialect: "duckdb", dataset: "kintsugi" };

const quote = (place: Place, name: string): string =>
  place.dialect === "duckdb" ? `${place.dataset}.${name}` : `\`${place.dataset}.${name}\``;

/** What people and our queries read: each event once. */
export function readable(place: Place, table: Table): string {
  return quote(place, place.dialect === "duckdb" ? table.name : `${table.name}_unique`);
}

/** RFC 3339 from our own clock; never a stranger's text. */
function instant(ms: number): string {
  return `TIMESTAMP '${new Date(ms).toISOString().slice(0, 23).replace("T", " ")}+00:00'`;
}

/** Keys of all rows that the ledger took in within [fromMs, toMs). */
export function keysBetween(place: Place, fromMs: number, toMs: number): string {
  const part = (table: Table): string =>
    `SELECT event_key, recorded_at FROM ${readable(place, table)} WHERE recorded_at >= ${instant(fromMs)} AND recorded_at < ${instant(toMs)}`;
  return `${part(healingEvents)} UNION ALL ${part(otherEvents)}`;
}

/** Count, sum and XOR per hour of recording; see digest.ts. */
export function digestBetween(place: Place, fromMs: number, toMs: number): string {
  const hash =
    place.dialect === "duckdb"
      ? "CAST('0x' || substr(event_key, 1, 15) AS BIGINT)"
      : "CAST(CONCAT('0x', SUBSTR(event_key, 1, 15)) AS INT64)";
  const sum =
    place.dialect === "duckdb" ? `CAST(sum(CAST(${hash} AS HUGEINT)) AS VARCHAR)` : `CAST(sum(CAST(${hash} AS BIGNUMERIC)) AS STRING)`;
  const text = place.dialect === "duckdb" ? "VARCHAR" : "STRING";
  const hour = place.dialect === "duckdb" ? "strftime(recorded_at, '%Y-%m-%dT%H')" : "FORMAT_TIMESTAMP('%Y-%m-%dT%H', recorded_at)";
  return `SELECT ${hour} AS bucket, count(*) AS count, ${sum} AS sum, CAST(bit_xor(${hash}) AS ${text}) AS xor FROM (${keysBetween(place, fromMs, toMs)}) GROUP BY 1 ORDER BY 1`;
}

export function healingByType(place: Place, sinceMs: number, untilMs: number): string {
  const of = (outcome: string): string => `sum(CASE WHEN outcome = '${outcome}' THEN 1 ELSE 0 END) AS ${outcome}`;
  const outcomes = ["effective", "ineffective", "refused", "errored", "inconclusive"].map(of).join(", ");
  return `SELECT healing_type, count(*) AS events, ${outcomes} FROM ${readable(place, healingEvents)} WHERE ${within("timestamp", sinceMs, untilMs)} GROUP BY healing_type ORDER BY events DESC, healing_type`;
}

export function healingByCause(place: Place, sinceMs: number, untilMs: number): string {
  return `SELECT cause, count(*) AS count, min(timestamp) AS first_seen, max(timestamp) AS last_seen, min(healing_type) AS healing_type FROM ${readable(place, healingEvents)} WHERE ${within("timestamp", sinceMs, untilMs)} GROUP BY cause ORDER BY count DESC, cause LIMIT 20`;
}

/** Whether anything was recorded at all: no repairs is good news only then. */
export function recordedRuns(place: Place, sinceMs: number, untilMs: number): string {
  return `SELECT count(*) AS runs FROM ${readable(place, otherEvents)} WHERE type = 'run.completed' AND ${within("time", sinceMs, untilMs)}`;
}

export function healingById(place: Place, id: string): string {
  const text = textLiteral(place.dialect, id);
  return `SELECT * FROM ${readable(place, healingEvents)} WHERE healing_id = ${text} OR event_id = ${text} OR target = ${text} OR cause = ${text} OR correlation_id = ${text} ORDER BY timestamp LIMIT 100`;
}

export function eventsAbout(place: Place, id: string): string {
  const text = textLiteral(place.dialect, id);
  const field = (name: string): string =>
    place.dialect === "duckdb" ? `json_extract_string(data, '$.${name}')` : `JSON_VALUE(data, '$.${name}')`;
  // A healer's incident is about its target, which is what people type: `healer:batch_cleanup:batch_1`.
  const ends = `ENDS_WITH(subject, ${textLiteral(place.dialect, `:${id}`)})`;
  const fields = ["key", "healing_id", "message_id"].map((name) => `${field(name)} = ${text}`);
  return `SELECT event_id, type, subject, time, data FROM ${readable(place, otherEvents)} WHERE event_id = ${text} OR subject = ${text} OR ${ends} OR ${fields.join(" OR ")} ORDER BY time LIMIT 200`;
}

function within(column: string, sinceMs: number, untilMs: number): string {
  return `${column} >= ${instant(sinceMs)} AND ${column} < ${instant(untilMs)}`;
}

function createTable(place: Place, table: Table): string {
  const type = (name: string): string => ({ INTEGER: "INT64", FLOAT: "FLOAT64", BOOLEAN: "BOOL" })[name] ?? name;
  const columns = table.schema.map((column) => `  ${column.name} ${type(column.type)}${column.mode === "REQUIRED" ? " NOT NULL" : ""}`);
  return `CREATE TABLE IF NOT EXISTS ${quote(place, table.name)} (\n${columns.join(",\n")}\n)\nPARTITION BY DATE(${table.partition}) CLUSTER BY ${table.cluster}`;
}

function createView(place: Place, table: Table): string {
  return `CREATE OR REPLACE VIEW ${readable(place, table)} AS SELECT * FROM ${quote(place, table.name)} WHERE true QUALIFY ROW_NUMBER() OVER (PARTITION BY event_key ORDER BY recorded_at) = 1`;
}

/** @param nowMs stands in for the moment at which each would be sent */
export function ownStatements(place: Place, nowMs: number): readonly Statement[] {
  const hour = 3_600_000;
  const statement = (name: string, sql: string): Statement => ({ name: `kintsugi.${name}`, sql, parameters: {} });
  const setup =
    place.dialect === "duckdb"
      ? []
      : ledgerTables.flatMap((table) => [
          statement(`create.${table.name}`, createTable(place, table)),
          statement(`view.${table.name}`, createView(place, table)),
        ]);
  return [
    ...setup,
    statement("keys_between", keysBetween(place, nowMs - hour, nowMs)),
    statement("digest_between", digestBetween(place, nowMs - hour, nowMs)),
    statement("healing_by_type", healingByType(place, nowMs - 168 * hour, nowMs)),
    statement("healing_by_cause", healingByCause(place, nowMs - 168 * hour, nowMs)),
    statement("recorded_runs", recordedRuns(place, nowMs - 168 * hour, nowMs)),
    statement("healing_by_id", healingById(place, "heal_0123456789ab")),
    statement("events_about", eventsAbout(place, "canary:raw.boxscores")),
  ];
}
