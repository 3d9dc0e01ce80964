/** What BigQuery says of rows, by the real client against a server that answers as BigQuery is documented to. */

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { parseConfig } from "@kintsugi/config/load";
import { bigqueryLedger } from "@kintsugi/gcp/bigquery-ledger";
import { cloudLedger } from "@kintsugi/gcp/cloud-ledger";
import { cloudPorts } from "@kintsugi/gcp/cloud-ports";
import { cloudWarehouse } from "@kintsugi/gcp/cloud-warehouse";
import { appendRows } from "@kintsugi/ledger/append-rows";
import type { JsonObject } from "@kintsugi/ports/json";
import type { LedgerTables } from "@kintsugi/ports/warehouse";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

type Sent = { readonly rows: readonly { readonly insertId: string; readonly json: JsonObject }[] };
type Answer = { readonly status: number; readonly body: object };

let server: Server;
let ledger: LedgerTables;
let answer: (sent: Sent) => Answer;
let requests: { rows: number; bytes: number }[] = [];
let places: (string | undefined)[] = [];
const variables = ["BIGQUERY_EMULATOR_HOST", "METADATA_SERVER_DETECTION"] as const;
const before = variables.map((name) => process.env[name]);

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const sent = JSON.parse(text) as Sent & { readonly jobReference?: { readonly location?: string } };
    if (sent.jobReference !== undefined) places.push(sent.jobReference.location);
    else requests.push({ rows: sent.rows.length, bytes: text.length });
    const { status, body } = answer(sent);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  process.env["METADATA_SERVER_DETECTION"] = "none";
  process.env["BIGQUERY_EMULATOR_HOST"] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  ledger = bigqueryLedger({ project: "shop", location: "us-west2", maxBytes: 10 * 2 ** 20, dataset: "kintsugi", key: "event_key" });
});
afterAll(async () => {
  for (const [index, name] of variables.entries()) {
    if (before[index] === undefined) delete process.env[name];
    else process.env[name] = before[index];
  }
  server.closeAllConnections();
  await new Promise<void>((resolve) => void server.close(() => resolve()));
});
beforeEach(() => {
  requests = [];
  places = [];
});

const taken: Answer = { status: 200, body: {} };
const outside =
  "Value 949752000000000 for field time is outside the allowed bounds. You can only stream to date range within 1825 days in the past";

/** One bad row, and the request is refused: `invalid` of it, `stopped` of the others. */
const strict =
  (isBad: (json: JsonObject) => boolean, message: string) =>
  ({ rows }: Sent): Answer => {
    if (!rows.some(({ json }) => isBad(json))) return taken;
    const errors = rows.map(({ json }, index) => ({
      index,
      errors: [isBad(json) ? { reason: "invalid", location: "time", message } : { reason: "stopped", location: "", message: "" }],
    }));
    return { status: 200, body: { insertErrors: errors } };
  };
const refusal = (status: number, reason: string, message: string) => (): Answer => ({
  status,
  body: { error: { code: status, message, errors: [{ reason, message, domain: "global" }] } },
});

const rows = ["a", "b", "bad", "c"].map((event_key) => ({ table: "events", row: { event_key, time: "2026-02-05T20:00:00Z" } }));

test("of a request that one row spoils, that row alone is refused, wherever it stands", async () => {
  answer = strict((json) => json["event_key"] === "bad", outside);
  expect(await appendRows(ledger, rows)).toEqual([
    { row: rows[2], reason: expect.stringContaining("outside the allowed bounds") as string },
  ]);
});

test.for<[name: string, answer: () => Answer | ((sent: Sent) => Answer), failure: string]>([
  ["a table that is not there", refusal(404, "notFound", "Not found: Table shop:kintsugi.events"), "needs-human"],
  ["a dataset that may not be written", refusal(403, "accessDenied", "Access Denied"), "needs-human"],
  ["a quota", refusal(403, "rateLimitExceeded", "Exceeded rate limits"), "transient"],
  ["a back end that is away", refusal(503, "backendError", "try again"), "transient"],
  ["a request that is wrong as a whole", refusal(400, "invalid", outside), "permanent"],
])("%s is told as what it is", async ([, how, failure]) => {
  answer = how as (sent: Sent) => Answer;
  await expect(
    ledger.append(
      "events",
      rows.map(({ row }) => row),
    ),
  ).rejects.toMatchObject({ failure });
});

test.for<[name: string, reason: string, message: string, failure: string]>([
  ["a back end that lost some rows", "backendError", "try again", "transient"],
  ["a table that lacks a column", "invalid", "no such field: hop_count.", "needs-human"],
  ["a row outside all partitions", "invalid", outside, "permanent"],
])("%s, told row by row, is told as what it is", async ([, reason, message, failure]) => {
  answer = () => ({ status: 200, body: { insertErrors: [{ index: 3, errors: [{ reason, location: "", message }] }] } });
  await expect(ledger.append("events", [rows[0]!.row])).rejects.toMatchObject({ failure, message: `bigquery: ${message}` });
});

test("no request holds more rows or bytes than BigQuery takes", async () => {
  answer = () => taken;
  const large = Array.from({ length: 600 }, (_, index) => ({ event_key: `k${index}`, data: { text: "x".repeat(60_000) } }));
  await ledger.append("events", large);
  await ledger.append(
    "events",
    Array.from({ length: 1_001 }, (_, index) => ({ event_key: `k${index}` })),
  );
  expect(requests.reduce((sum, request) => sum + request.rows, 0)).toBe(1_601);
  expect(Math.max(...requests.map((request) => request.rows))).toBe(500);
  expect(Math.max(...requests.map((request) => request.bytes))).toBeLessThan(10_000_000);
});

test("the ledger is asked where the functions run, and the warehouse where it stands", async () => {
  answer = refusal(404, "notFound", "not here");
  const text =
    "version: 1\npipeline: shop\ntimezone: UTC\nruntime: { gcp: { project: shop, region: us-west2 } }\nwarehouse: { bigquery: { project: shop, location: EU } }\n";
  const loaded = parseConfig(text, { file: "kintsugi.yaml", env: {} });
  if ("problems" in loaded) throw new Error(JSON.stringify(loaded.problems));
  const clock = { now: Date.now, sleep: async () => {} };
  const ports = cloudPorts(
    loaded.config,
    { clock, fetch, deadlines: { callMs: 5_000, queryMs: 5_000 } },
    { ledger: cloudLedger, warehouse: cloudWarehouse },
  );
  await expect(ports.ledger.query("SELECT 1")).rejects.toThrow("not here");
  await expect(ports.warehouse.query("SELECT 1")).rejects.toThrow("not here");
  expect(places).toEqual(["us-west2", "EU"]);
});
