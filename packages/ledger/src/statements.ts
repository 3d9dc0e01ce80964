/** Every statement of ours against the warehouse, in both dialects; `kintsugi sql` shows what the code sends. */

import { Outcome } from "@kintsugi/events/healing";
import { type Subject, subjectKey } from "@kintsugi/events/subject";
import { asText, textLiteral } from "@kintsugi/ports/sql-text";
import type { Dialect } from "@kintsugi/ports/warehouse";
import { healingEvents, ledgerTables, otherEvents, type Table } from "./tables.ts";

export type Statement = { readonly name: string; readonly sql: string; readonly parameters: Readonly<Record<string, string>> };

/** How the tables are called: DuckDB has them in the schema `kintsugi`, BigQuery in a dataset, read through views without duplicates. */
export type LedgerLocation = { readonly dialect: Dialect; readonly dataset: string };

export const localPlace: LedgerLocation = { dialect: "duckdb", dataset: "kintsugi" };

const storedIn = (location: LedgerLocation, name: string): string =>
  location.dialect === "duckdb" ? `${location.dataset}.${name}` : `\`${location.dataset}.${name}\``;

/** What people and our queries read: each event once. */
export function readable(location: LedgerLocation, table: Table): string {
  return storedIn(location, location.dialect === "duckdb" ? table.name : `${table.name}_unique`);
}

/** RFC 3339 from our own clock; never a stranger's text. */
function instant(ms: number): string {
  return `TIMESTAMP '${new Date(ms).toISOString().slice(0, 23).replace("T", " ")}+00:00'`;
}

/** An event comes at most so long after it happened for reconciliation to find it by its hour; a later one is looked for by its key. */
const BEHIND_MS = 48 * 3_600_000;
/** Nothing further ahead is accepted. */
const AHEAD_MS = 24 * 3_600_000;

/** [fromMs, untilMs), epoch ms. */
export type Period = { readonly fromMs: number; readonly untilMs: number };

/** What the partition column of rows that were taken in within a period is bounded by. */
export function partitionsOf({ fromMs, untilMs }: Period): Period {
  return { fromMs: fromMs - BEHIND_MS, untilMs: untilMs + AHEAD_MS };
}

/** Keys of the rows that the ledger took in within a period, those of late events left out. */
export function keysBetween(location: LedgerLocation, period: Period): string {
  const { fromMs, untilMs } = partitionsOf(period);
  const recorded = within("recorded_at", period.fromMs, period.untilMs);
  const part = (table: Table): string => {
    const stored = `FROM ${storedIn(location, table.name)} WHERE ${within(table.partition, fromMs, untilMs)}`;
    // The view would be read whole to find what stands twice; here the bound comes first.
    return location.dialect === "duckdb"
      ? `SELECT event_key, recorded_at ${stored} AND ${recorded}`
      : `SELECT event_key, recorded_at FROM (SELECT event_key, MIN(recorded_at) AS recorded_at ${stored} GROUP BY event_key) WHERE ${recorded}`;
  };
  return `${part(healingEvents)} UNION ALL ${part(otherEvents)}`;
}

/** Which of these keys a table holds, whenever it took them in. */
export function keysAmong(location: LedgerLocation, table: Table, period: Period, keys: readonly string[]): string {
  const listed = keys.map((key) => textLiteral(location.dialect, key)).join(", ");
  const bound = within(table.partition, period.fromMs, period.untilMs);
  return `SELECT DISTINCT event_key FROM ${storedIn(location, table.name)} WHERE ${bound} AND event_key IN (${listed})`;
}

/** The rows of some keys, whole. */
export function rowsAmong(location: LedgerLocation, table: Table, period: Period, keys: readonly string[]): string {
  const listed = keys.map((key) => textLiteral(location.dialect, key)).join(", ");
  const columns = table.schema.map(({ name }) => name).join(", ");
  const bound = within(table.partition, period.fromMs, period.untilMs);
  return `SELECT ${columns} FROM ${storedIn(location, table.name)} WHERE ${bound} AND event_key IN (${listed})`;
}

/** Count, sum and XOR per hour of recording; see digest.ts. */
export function digestBetween(location: LedgerLocation, period: Period): string {
  const hash =
    location.dialect === "duckdb"
      ? "CAST('0x' || substr(event_key, 1, 15) AS BIGINT)"
      : "CAST(CONCAT('0x', SUBSTR(event_key, 1, 15)) AS INT64)";
  const { dialect } = location;
  const sum = asText(dialect, `sum(CAST(${hash} AS ${dialect === "duckdb" ? "HUGEINT" : "BIGNUMERIC"}))`);
  const xor = asText(dialect, `bit_xor(${hash})`);
  const hour = location.dialect === "duckdb" ? "strftime(recorded_at, '%Y-%m-%dT%H')" : "FORMAT_TIMESTAMP('%Y-%m-%dT%H', recorded_at)";
  return `SELECT ${hour} AS bucket, count(*) AS count, ${sum} AS sum, ${xor} AS xor FROM (${keysBetween(location, period)}) GROUP BY 1 ORDER BY 1`;
}

export function healingByType(location: LedgerLocation, sinceMs: number, untilMs: number): string {
  const of = (outcome: string): string => `sum(CASE WHEN outcome = '${outcome}' THEN 1 ELSE 0 END) AS ${outcome}`;
  const outcomes = Outcome.options.map(of).join(", ");
  return `SELECT healing_type, count(*) AS events, ${outcomes} FROM ${readable(location, healingEvents)} WHERE ${within("timestamp", sinceMs, untilMs)} GROUP BY healing_type ORDER BY events DESC, healing_type`;
}

export function healingByCause(location: LedgerLocation, sinceMs: number, untilMs: number): string {
  return `SELECT cause, count(*) AS count, min(timestamp) AS first_seen, max(timestamp) AS last_seen, min(healing_type) AS healing_type FROM ${readable(location, healingEvents)} WHERE ${within("timestamp", sinceMs, untilMs)} GROUP BY cause ORDER BY count DESC, cause LIMIT 20`;
}

/** Whether anything was recorded at all: no repairs is good news only then. */
export function recordedRuns(location: LedgerLocation, sinceMs: number, untilMs: number): string {
  return `SELECT count(*) AS runs FROM ${readable(location, otherEvents)} WHERE type = 'run.completed' AND ${within("time", sinceMs, untilMs)}`;
}

export function healingById(location: LedgerLocation, id: string): string {
  const text = textLiteral(location.dialect, id);
  const names = ["healing_id", "event_id", "target", "cause", "correlation_id"].map((column) => `${column} = ${text}`);
  return newest(`SELECT * FROM ${readable(location, healingEvents)} WHERE ${names.join(" OR ")}`, "timestamp", 100);
}

/** What one healer did to one target, however other healers call theirs. */
export function healsOfTarget(location: LedgerLocation, healer: string, target: string): string {
  const [by, of] = [textLiteral(location.dialect, healer), textLiteral(location.dialect, target)];
  return newest(`SELECT * FROM ${readable(location, healingEvents)} WHERE healing_type = ${by} AND target = ${of}`, "timestamp", 100);
}

/** What was said of an incident, a repair, a message or a target, by the name that people type. */
export function eventsAbout(location: LedgerLocation, id: string): string {
  const text = textLiteral(location.dialect, id);
  // A healer's incident is about its target, which is what people type: `healer:batch_cleanup:batch_1`.
  const endings = [...new Set([`:${id}`, targetEnding(id)])].map((end) => `ENDS_WITH(subject, ${textLiteral(location.dialect, end)})`);
  const fields = ["key", "incident", "healing_id", "message_id", "address"].map((name) => `${field(location, name)} = ${text}`);
  return eventsWhere(location, [`event_id = ${text}`, `subject = ${text}`, ...endings, ...fields].join(" OR "), 200);
}

/** What one healer asked for on one target. */
export function requestsFor(location: LedgerLocation, healer: string, target: string): string {
  const is = (name: string, value: string): string => `${field(location, name)} = ${textLiteral(location.dialect, value)}`;
  return eventsWhere(location, `type = 'healing.requested' AND ${is("healing_type", healer)} AND ${is("target", target)}`, 100);
}

/** The last runs in which a healer left a target alone for now, or to a person. */
export function runsLeaving(location: LedgerLocation, target: string): string {
  const text = textLiteral(location.dialect, target);
  const lists = ["limited", "escalated"];
  const named =
    location.dialect === "duckdb"
      ? lists.map((list) => `list_contains(json_extract_string(data, '$.healers[*].${list}[*].target'), ${text})`)
      : lists.map(
          (list) =>
            `EXISTS (SELECT 1 FROM UNNEST(JSON_QUERY_ARRAY(data, '$.healers')) AS healer, UNNEST(JSON_QUERY_ARRAY(healer, '$.${list}')) AS entry WHERE JSON_VALUE(entry, '$.target') = ${text})`,
        );
  return eventsWhere(location, `type = 'run.completed' AND (${named.join(" OR ")})`, 3);
}

/** The last times that somebody looked at a subject and it was not well, or could not be looked at. */
export function troublesOf(location: LedgerLocation, subject: Subject): string {
  const [items, value] =
    location.dialect === "duckdb"
      ? ["(SELECT unnest(json_extract(data, '$.observations[*]')) AS seen)", "json_extract_string"]
      : ["UNNEST(JSON_QUERY_ARRAY(data, '$.observations')) AS seen", "JSON_VALUE"];
  const parts = Object.entries(subject).map(
    ([name, part]) => `${value}(seen, '$.subject.${name}') = ${textLiteral(location.dialect, part)}`,
  );
  const isBad = `${value}(seen, '$.verdict') IN ('finding', 'unknown')`;
  return eventsWhere(location, `EXISTS (SELECT 1 FROM ${items} WHERE ${[isBad, ...parts].join(" AND ")})`, 3);
}

/** @param day the business day that was asked for; all when there is none */
export function gateDecisions(location: LedgerLocation, gate: string, day?: string): string {
  const is = (name: string, value: string): string => `${field(location, name)} = ${textLiteral(location.dialect, value)}`;
  const conditions = ["type = 'gate.decided'", is("gate", gate), ...(day === undefined ? [] : [is("day", day)])];
  return eventsWhere(location, conditions.join(" AND "), 50);
}

/** What operators said and was refused; whom it was about stands in the bytes of each. */
export function refusedWords(location: LedgerLocation): string {
  return eventsWhere(location, `type = 'message.dead_lettered' AND ${field(location, "topic")} = 'operator'`, 100);
}

export function deadLettersOf(location: LedgerLocation, functionName: string): string {
  const by = `${field(location, "function")} = ${textLiteral(location.dialect, functionName)}`;
  return eventsWhere(location, `type = 'message.dead_lettered' AND ${by}`, 20);
}

/** The newest look at all data, with what it warned of. */
export function lastCanary(location: LedgerLocation, nowMs: number): string {
  const window = within("time", nowMs - 2 * 86_400_000, nowMs + 86_400_000);
  return `SELECT time, data FROM ${readable(location, otherEvents)} WHERE type = 'canary.evaluated' AND ${window} ORDER BY time DESC LIMIT 1`;
}

function eventsWhere(location: LedgerLocation, condition: string, limit: number): string {
  const columns = "event_id, type, subject, time, data";
  return newest(`SELECT ${columns} FROM ${readable(location, otherEvents)} WHERE ${condition}`, "time", limit);
}

/** The newest of many, told from the oldest on. */
function newest(sql: string, time: string, limit: number): string {
  return `SELECT * FROM (${sql} ORDER BY ${time} DESC LIMIT ${limit}) ORDER BY ${time}`;
}

function field({ dialect }: LedgerLocation, name: string): string {
  return dialect === "duckdb" ? `json_extract_string(data, '$.${name}')` : `JSON_VALUE(data, '$.${name}')`;
}

/** As a target's name ends its key, escaped where the key escapes it. */
function targetEnding(target: string): string {
  return subjectKey({ kind: "target", healer: "", target }).slice("healer:".length);
}

function within(column: string, sinceMs: number, untilMs: number): string {
  return `${column} >= ${instant(sinceMs)} AND ${column} < ${instant(untilMs)}`;
}

function createTable(location: LedgerLocation, table: Table): string {
  const type = (name: string): string => ({ INTEGER: "INT64", FLOAT: "FLOAT64", BOOLEAN: "BOOL" })[name] ?? name;
  const columns = table.schema.map((column) => `  ${column.name} ${type(column.type)}${column.mode === "REQUIRED" ? " NOT NULL" : ""}`);
  return `CREATE TABLE IF NOT EXISTS ${storedIn(location, table.name)} (\n${columns.join(",\n")}\n)\nPARTITION BY DATE(${table.partition}) CLUSTER BY ${table.cluster}`;
}

/** What repeats an event has its time, so a bound on the column that the window is divided by reaches the table behind the view. */
function createView(location: LedgerLocation, table: Table): string {
  return `CREATE OR REPLACE VIEW ${readable(location, table)} AS SELECT * FROM ${storedIn(location, table.name)} WHERE true QUALIFY ROW_NUMBER() OVER (PARTITION BY event_key, ${table.partition} ORDER BY recorded_at) = 1`;
}

/** @param nowMs stands in for the moment at which each would be sent */
export function ownStatements(location: LedgerLocation, nowMs: number): readonly Statement[] {
  const hour = 3_600_000;
  const lastHour = { fromMs: nowMs - hour, untilMs: nowMs };
  const hash = "0123456789abcdef0123456789abcdef";
  const statement = (name: string, sql: string): Statement => ({ name: `kintsugi.${name}`, sql, parameters: {} });
  const setup =
    location.dialect === "duckdb"
      ? []
      : ledgerTables.flatMap((table) => [
          statement(`create.${table.name}`, createTable(location, table)),
          statement(`view.${table.name}`, createView(location, table)),
        ]);
  return [
    ...setup,
    statement("keys_between", keysBetween(location, lastHour)),
    statement("digest_between", digestBetween(location, lastHour)),
    ...ledgerTables.map((table) => statement(`keys_among.${table.name}`, keysAmong(location, table, lastHour, [hash]))),
    ...ledgerTables.map((table) => statement(`rows_among.${table.name}`, rowsAmong(location, table, lastHour, [hash]))),
    statement("healing_by_type", healingByType(location, nowMs - 168 * hour, nowMs)),
    statement("healing_by_cause", healingByCause(location, nowMs - 168 * hour, nowMs)),
    statement("recorded_runs", recordedRuns(location, nowMs - 168 * hour, nowMs)),
    statement("healing_by_id", healingById(location, "heal_0123456789ab")),
    statement("heals_of_target", healsOfTarget(location, "batch_cleanup", "batch_1")),
    statement("events_about", eventsAbout(location, "canary:raw.boxscores")),
    statement("requests_for", requestsFor(location, "batch_cleanup", "batch_1")),
    statement("runs_leaving", runsLeaving(location, "batch_1")),
    statement("troubles_of", troublesOf(location, { kind: "check", phase: "raw", check: "boxscores" })),
    statement("gate_decisions", gateDecisions(location, "raw-to-analytics", new Date(nowMs).toISOString().slice(0, 10))),
    statement("refused_words", refusedWords(location)),
    statement("dead_letters_of", deadLettersOf(location, "cleanup")),
    statement("last_canary", lastCanary(location, nowMs)),
  ];
}
