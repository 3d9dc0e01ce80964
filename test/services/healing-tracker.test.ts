import { DuckDBInstance } from "@duckdb/node-api";
import { derivedId } from "@kintsugi/events/event";
import { deliverEvents } from "@kintsugi/function-kit/deliver-events";
import type { Dependencies } from "@kintsugi/function-kit/declaration";
import { performRun } from "@kintsugi/function-kit/perform-run";
import { healingTracker } from "@kintsugi/healing-tracker/function";
import { ledgerTables } from "@kintsugi/ledger/tables";
import { duckdbLedger } from "@kintsugi/local/duckdb-ledger";
import { Failure } from "@kintsugi/ports/failure";
import type { JsonObject } from "@kintsugi/ports/json";
import type { LedgerTables } from "@kintsugi/ports/warehouse";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { configOf, messageOf, openDocuments } from "../support/service-stage.ts";

let instance: DuckDBInstance;
let ledger: LedgerTables;
let run: (sql: string) => Promise<unknown>;

beforeAll(async () => {
  instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  run = (sql) => connection.run(sql);
  ledger = duckdbLedger(async () => connection, ledgerTables);
  await ledger.query("SELECT 1");
});
afterAll(() => instance.closeSync());
beforeEach(async () => await run("DELETE FROM kintsugi.healing_events; DELETE FROM kintsugi.events"));

const heal = (id: string, change: JsonObject = {}): JsonObject => ({
  id,
  type: "healing.completed",
  healing_type: "retry",
  target: "t1",
  time: "2026-02-05T14:00:00Z",
  ...change,
});

/** A tracker on both stores; the warehouse can be away, or lose its answer. */
function trackerStage() {
  const { documents } = openDocuments();
  let nowMs = Date.parse("2026-02-05T14:05:00Z");
  const warehouse: { state: "there" | "away" | "ambiguous" } = { state: "there" };
  const failing: LedgerTables = {
    dialect: "duckdb",
    async append(table, rows) {
      if (warehouse.state === "away") throw new Failure("transient", "the warehouse is away", { about: "warehouse" });
      await ledger.append(table, rows);
      if (warehouse.state === "ambiguous") throw new Failure("transient", "the answer was lost");
    },
    query: (sql) =>
      warehouse.state === "away"
        ? Promise.reject(new Failure("transient", "the warehouse is away", { about: "warehouse" }))
        : ledger.query(sql),
  };
  const dependencies = { config: configOf(""), documents, ledger: failing, clock: { now: () => nowMs } } as unknown as Dependencies;
  const deliver = deliverEvents(healingTracker, dependencies, () => {});
  const perform = performRun(healingTracker, dependencies, () => {});
  return {
    warehouse,
    documents,
    send: async (topic: string, ...events: readonly JsonObject[]) =>
      (await deliver(events.map((event) => messageOf(topic, event, nowMs)))).map(({ action }) => action),
    setTime: (time: string) => void (nowMs = Date.parse(`2026-02-05T${time}:00Z`)),
    async reconcile(time: string) {
      nowMs = Date.parse(`2026-02-05T${time}:00Z`);
      return await perform({ dueMs: nowMs });
    },
    inDocuments: async () => (await documents.list("kintsugi_ledger")).map(({ data }) => String(data["id"])).sort(),
    waiting: async () => (await documents.list("kintsugi_ledger_pending")).length,
    async inWarehouse() {
      const { rows } = await ledger.query(
        "SELECT event_id FROM kintsugi.healing_events UNION ALL SELECT event_id FROM kintsugi.events ORDER BY 1",
      );
      return rows.map((row) => row["event_id"]);
    },
  };
}

test("an event goes into both stores, a heal into its own typed table and everything else into events", async () => {
  const stage = trackerStage();
  expect(
    await stage.send("healing", heal("h1", { cause: { code: "timeout", parameters: { after: 30 } }, outcome: "ineffective" })),
  ).toEqual(["ack"]);
  expect(await stage.send("operator", { id: "o1", type: "mode.set", mode: "maintenance", time: "2026-02-05T14:01:00Z" })).toEqual(["ack"]);
  expect(await stage.inDocuments()).toEqual(["h1", "o1"]);
  const { rows: heals } = await ledger.query("SELECT * FROM kintsugi.healing_events");
  expect(heals).toMatchObject([
    {
      event_id: "h1",
      source: "user",
      healing_type: "retry",
      target: "t1",
      outcome: "ineffective",
      success: false,
      cause: "timeout",
      cause_parameters: '{"after":30}',
      timestamp: "2026-02-05T14:00:00.000Z",
      recorded_at: "2026-02-05T14:05:00.000Z",
    },
  ]);
  const { rows: others } = await ledger.query("SELECT * FROM kintsugi.events");
  expect(others).toMatchObject([{ event_id: "o1", type: "mode.set", time: "2026-02-05T14:01:00.000Z" }]);
});

test("an event that comes again, in one batch or later, is in neither store twice", async () => {
  const stage = trackerStage();
  await stage.send("healing", heal("h1"), heal("h1"));
  stage.setTime("16:05");
  await stage.send("healing", heal("h1"));
  expect(await stage.inDocuments()).toEqual(["h1"]);
  expect(await stage.inWarehouse()).toEqual(["h1"]);
});

test("two events with one id from two sources are two", async () => {
  const stage = trackerStage();
  const from = (source: string): JsonObject => ({ ...heal("h1"), source });
  await stage.send("healing", from("a"));
  await stage.send("healing", from("b"));
  expect(await stage.inWarehouse()).toEqual(["h1", "h1"]);
});

test("accepted means stored: with the warehouse away an event is taken, and handed on as soon as it is back", async () => {
  const stage = trackerStage();
  stage.warehouse.state = "away";
  expect(await stage.send("healing", heal("h1"), heal("h2"))).toEqual(["ack", "ack"]);
  expect(await stage.inDocuments()).toEqual(["h1", "h2"]);
  expect(await stage.waiting()).toBe(2);
  expect(await stage.reconcile("15:00")).toMatchObject({
    verdict: "unknown",
    reason: "the warehouse is away",
    observations: [
      { subject: { kind: "function", function: "healing-tracker" }, verdict: "unknown", channel: "watch", cause: "warehouse" },
    ],
  });
  expect(await stage.waiting()).toBe(2);
  stage.warehouse.state = "there";
  expect(await stage.reconcile("16:00")).toMatchObject({ verdict: "ok", counts: { appended: 2, repaired: 0 } });
  expect(await stage.waiting()).toBe(0);
  expect(await stage.inWarehouse()).toEqual(["h1", "h2"]);
});

test("an append that worked and was reported as failed is repeated without a second row", async () => {
  const stage = trackerStage();
  stage.warehouse.state = "ambiguous";
  await stage.send("healing", heal("h1"));
  stage.warehouse.state = "there";
  await stage.reconcile("16:00");
  expect(await stage.inWarehouse()).toEqual(["h1"]);
});

test("reconciliation appends exactly what the warehouse lacks, and touches nothing else", async () => {
  const stage = trackerStage();
  await stage.send("healing", heal("h1"), heal("h2"));
  await stage.send("operator", { id: "o1", type: "mode.set", mode: "normal", time: "2026-02-05T14:01:00Z" });
  stage.setTime("15:10");
  await stage.send("healing", heal("h3"));
  await run("DELETE FROM kintsugi.healing_events WHERE event_id IN ('h2', 'h3'); DELETE FROM kintsugi.events");
  await run("UPDATE kintsugi.healing_events SET trigger_reason = 'not to be touched'");
  expect(await stage.reconcile("17:00")).toMatchObject({
    verdict: "ok",
    counts: { appended: 0, buckets: 2, repaired: 3, only_in_warehouse: 0 },
  });
  const { rows } = await ledger.query("SELECT event_id, trigger_reason, recorded_at FROM kintsugi.healing_events ORDER BY event_id");
  expect(rows).toEqual([
    { event_id: "h1", trigger_reason: "not to be touched", recorded_at: "2026-02-05T14:05:00.000Z" },
    { event_id: "h2", trigger_reason: "", recorded_at: "2026-02-05T14:05:00.000Z" },
    { event_id: "h3", trigger_reason: "", recorded_at: "2026-02-05T15:10:00.000Z" },
  ]);
  expect(await stage.inWarehouse()).toEqual(["h1", "h2", "h3", "o1"]);
});

test("what stands in the warehouse alone is counted and left there", async () => {
  const stage = trackerStage();
  await stage.send("healing", heal("h1"), heal("h2"));
  await stage.documents.commit({
    writes: [{ op: "delete", collection: "kintsugi_ledger", id: `2026-02-05T14~${derivedId("user", "h2")}` }],
    publish: [],
    outbox: "x",
  });
  expect(await stage.reconcile("16:00")).toMatchObject({ counts: { repaired: 0, only_in_warehouse: 1 } });
  expect(await stage.inWarehouse()).toEqual(["h1", "h2"]);
});

test("an hour is looked at once, and only after it has closed and settled", async () => {
  const stage = trackerStage();
  await stage.send("healing", heal("h1"));
  expect(await stage.reconcile("15:04")).toMatchObject({ counts: { buckets: 0 } });
  expect(await stage.reconcile("15:05")).toMatchObject({ counts: { buckets: 1, repaired: 0 } });
  expect(await stage.reconcile("15:30")).toMatchObject({ counts: { buckets: 0 } });
  expect(await stage.reconcile("18:05")).toMatchObject({ counts: { buckets: 3 } });
});

test("stores that agree are compared by their digest alone, whatever the number of hours", async () => {
  const stage = trackerStage();
  const asked: string[] = [];
  const query = ledger.query;
  await stage.send("healing", heal("h1"));
  ledger = { ...ledger, query: (sql) => (asked.push(sql), query(sql)) };
  await stage.reconcile("20:00");
  ledger = { ...ledger, query };
  expect(asked).toHaveLength(1);
});
