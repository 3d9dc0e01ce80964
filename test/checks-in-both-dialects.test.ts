/** The same rows get the same verdicts from DuckDB and, by the real client and BigQuery's dialect, from a server of its API. */

import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { canary } from "@kintsugi/canary/function";
import { parseConfig } from "@kintsugi/config/load";
import type { CanaryEvaluated, MetricResult } from "@kintsugi/events/canary";
import { bigqueryWarehouse } from "@kintsugi/gcp/bigquery-warehouse";
import { duckdbWarehouse } from "@kintsugi/local/duckdb-warehouse";
import type { Dependencies } from "@kintsugi/function-kit/declaration";
import type { Documents } from "@kintsugi/ports/documents";
import type { Warehouse } from "@kintsugi/ports/warehouse";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BigQueryServer, startBigQueryServer } from "./support/bigquery-server.ts";

const MEBIBYTE = 1024 * 1024;
const text = `
version: 1
pipeline: shop
timezone: America/New_York
calendar: { table: shop.plan, day: day, entity: store, starts: opens, due_after: 1h, ends: nothing expected }
phases:
  load:
    checks:
      by_date:    { table: shop.sales, day: d_date, entity: i_whole, metrics: &metrics { rows: { count: "*", fail: "< 3 * expected" }, total: { sum: amount, fail: "> 0.3" }, mean: { avg: amount, fail: "!= 0.1" }, binary: { sum: share, fail: "> 0.6" }, blank: { null_rate: note, fail: "> 33.3%" }, age: { age: seen, fail: "> 2h" }, said: { max: note, fail: "> 5" } } }
      by_time:    { table: shop.sales, day: d_time, entity: i_binary, metrics: *metrics }
      by_instant: { table: shop.sales, day: d_instant, entity: i_decimal, metrics: *metrics }
      by_text:    { table: shop.sales, day: d_text, entity: i_text, metrics: *metrics }
      ids:        { table: shop.sales, day: d_date, entity: i_text, metrics: { ids: { null_count: i_text, fail: "> 0" }, twins: { duplicate_count: [i_text, note], fail: "> 5" } } }
      volume:     { table: shop.sales, day: d_date, metrics: { rows: { count: "*", fail: "< 70% of median 4d" } } }
      graded:     { sql: "select count(*) as n, sum(amount) as total from shop.sales where d_date = @day", on: yesterday, metrics: { n: { fail: "outside 3 sigma 4d" }, total: { fail: "> 0.9" } } }
`;
const loaded = parseConfig(text, { file: "/shop/kintsugi.yaml", env: {} });
if ("problems" in loaded) throw new Error(JSON.stringify(loaded.problems));
const { config } = loaded;
const nowMs = Date.parse("2026-03-09T12:00:00Z");

/** Three rows of each of three stores on each of six days, of 23 hours the last; amounts are a tenth. */
const rows = Array.from({ length: 6 }, (_, index) => `2026-03-0${index + 3}`).flatMap((day) =>
  [7, 8, 22_500_714].flatMap((store) =>
    ["NULL", "'9'", "'10'"].map((note, index) => {
      const id = index === 2 && day === "2026-03-08" && store === 8 ? "NULL" : `'00${store}'`;
      const late = day === "2026-03-08" ? "T23:59:59-04:00" : "T23:59:59-05:00";
      const instant = new Date(`${day}${late}`).toISOString().slice(0, 19);
      return `(DATE '${day}', DATETIME '${instant}', TIMESTAMP '${instant}+00', '${day}${late}', ${store}, ${store}.0, ${store}, ${id}, 0.1, 0.1, ${note}, '2026-03-09T19:30:00+09:00')`;
    }),
  ),
);
const tables = (types: { float: string; text: string; numeric: string }): readonly string[] => [
  "CREATE SCHEMA shop",
  `CREATE TABLE shop.sales (d_date DATE, d_time DATETIME, d_instant TIMESTAMP, d_text ${types.text}, i_whole INT64, i_binary ${types.float}, i_decimal ${types.numeric}, i_text ${types.text}, amount ${types.numeric}, share ${types.float}, note ${types.text}, seen ${types.text})`,
  `CREATE TABLE shop.plan (day TIMESTAMP, store ${types.text}, opens ${types.text})`,
  `INSERT INTO shop.sales VALUES ${rows.join(", ")}`,
  `INSERT INTO shop.plan SELECT d_instant, i_text, d_text FROM shop.sales`,
];

const before = ["BIGQUERY_EMULATOR_HOST", "METADATA_SERVER_DETECTION"].map((name) => [name, process.env[name]] as const);
let server: BigQueryServer;
let connection: DuckDBConnection;

beforeAll(async () => {
  server = await startBigQueryServer();
  process.env["BIGQUERY_EMULATOR_HOST"] = server.url;
  process.env["METADATA_SERVER_DETECTION"] = "none";
  connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run("SET TimeZone = 'UTC'");
  for (const sql of tables({ float: "FLOAT64", text: "STRING", numeric: "NUMERIC" })) await server.execute(sql);
  for (const sql of tables({ float: "DOUBLE", text: "VARCHAR", numeric: "NUMERIC" }))
    await connection.run(sql.replaceAll(/\bTIMESTAMP\b/g, "TIMESTAMPTZ"));
});
afterAll(async () => {
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  connection.closeSync();
  await server.close();
});

async function judge(warehouse: Warehouse): Promise<CanaryEvaluated> {
  const documents = { get: async () => undefined } as unknown as Documents;
  const outcome = await canary.onRun!({ config, warehouse, documents } as unknown as Dependencies)({ id: "r", dueMs: nowMs, nowMs });
  return outcome.publish![0]!.data as CanaryEvaluated;
}

/** BigQuery shows fewer columns of a row, and adds binary numbers in another way. */
function toldOf({ name, verdict, actual, expected, reason, entities }: MetricResult): object {
  return { name, verdict, expected, reason, entities, actual: actual === null ? null : actual.toPrecision(12) };
}

test("verdicts, numbers and reasons are the same", async () => {
  const bigquery = await judge(bigqueryWarehouse({ project: "p", location: "US", maxBytes: 100 * MEBIBYTE }));
  const duckdb = await judge(duckdbWarehouse(async () => connection));

  const told = ({ checks }: CanaryEvaluated) => checks.map(({ check, verdict, metrics }) => [check, verdict, metrics.map(toldOf)]);
  expect(told(bigquery)).toEqual(told(duckdb));
  expect(duckdb.checks.map(({ check, verdict }) => [check, verdict])).toEqual([
    ["by_date", "finding"],
    ["by_time", "finding"],
    ["by_instant", "finding"],
    ["by_text", "finding"],
    ["ids", "finding"],
    ["volume", "ok"],
    ["graded", "ok"],
  ]);
  expect(duckdb.checks[1]!.metrics.map(({ name, verdict, reason }) => [name, verdict, reason])).toEqual([
    ["rows", "ok", undefined],
    ["total", "finding", "0.9 > 0.3"],
    ["mean", "ok", undefined],
    ["binary", "finding", "0.9 > 0.6"],
    ["blank", "finding", "33.33 % > 33.3 %"],
    ["age", "ok", undefined],
    ["said", "unknown", "note is text"],
  ]);
});
