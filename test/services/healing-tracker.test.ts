import { DuckDBInstance } from "@duckdb/node-api";
import { derivedId } from "@kintsugi/events/event";
import { deliverEvents } from "@kintsugi/function-kit/deliver-events";
import type { Dependencies } from "@kintsugi/function-kit/declaration";
import { performRun } from "@kintsugi/function-kit/perform-run";
import { healingTracker } from "@kintsugi/healing-tracker/function";
import { ledgerTables } from "@kintsugi/ledger/tables";
import { duckdbLedger } from "@kintsugi/local/duckdb-ledger";
import { Failure } from "@kintsugi/ports/failure";
import type { Documents, Write } from "@kintsugi/ports/documents";
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
  const opened = openDocuments();
  const written: Write[] = [];
  const documents: Documents = {
    ...opened.documents,
    commit: async (change) => (await opened.documents.commit(change), void written.push(...change.writes)),
  };
  const asked: string[] = [];
  let nowMs = Date.parse("2026-02-05T14:05:00Z");
  const warehouse: { state: "there" | "away" | "ambiguous" } = { state: "there" };
  const failing: LedgerTables = {
    dialect: "duckdb",
    async append(table, rows) {
      if (warehouse.state === "away") throw new Failure("transient", "the warehouse is away", { about: "warehouse" });
      // As BigQuery does: one bad row, and none is taken.
      if (rows.some((row) => String(row["event_id"]).startsWith("bad"))) throw new Failure("permanent", "outside the allowed bounds");
      await ledger.append(table, rows);
      if (warehouse.state === "ambiguous") throw new Failure("transient", "the answer was lost");
    },
    async query(sql) {
      asked.push(sql);
      if (warehouse.state === "away") throw new Failure("transient", "the warehouse is away", { about: "warehouse" });
      return await ledger.query(sql);
    },
  };
  const dependencies = {
    config: configOf(""),
    documents,
    bus: opened.bus,
    ledger: failing,
    clock: { now: () => nowMs },
  } as unknown as Dependencies;
  const deliver = deliverEvents(healingTracker, dependencies, () => {});
  const perform = performRun(healingTracker, dependencies, () => {});
  return {
    warehouse,
    documents,
    written,
    asked,
    letters: async () => (await documents.list("kintsugi_dead_letters")).map(({ data }) => data),
    send: async (topic: string, ...events: readonly JsonObject[]) =>
      (await deliver(events.map((event) => messageOf(topic, event, nowMs)))).map(({ action }) => action),
    /** What the tracker has said of itself besides its runs. */
    said: () =>
      opened.published
        .map(({ data }) => Buffer.from(data).toString())
        .filter((text) => text.includes("takes no events"))
        .map((text) => JSON.parse(text) as JsonObject),
    setTime: (time: string, day = "2026-02-05") => void (nowMs = Date.parse(`${day}T${time}:00Z`)),
    async reconcile(time: string, day = "2026-02-05") {
      nowMs = Date.parse(`${day}T${time}:00Z`);
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

test("what the document store has lost is put back from the warehouse, as it was, with the end that it had", async () => {
  const stage = trackerStage();
  await stage.send("healing", heal("h1", { cause: { code: "timeout", parameters: { after: 30 } }, duration_seconds: 1.5 }), heal("h2"));
  await stage.send("operator", { id: "o1", type: "mode.set", mode: "normal", time: "2026-02-05T14:01:00Z", until: "2026-02-06T00:00:00Z" });
  const before = await stage.documents.list("kintsugi_ledger");
  const drop = ["kintsugi_ledger", "kintsugi_reconcile"].map(async (collection) => {
    const ids = (await stage.documents.list(collection)).map(({ id }) => id);
    await stage.documents.commit({ writes: ids.map((id) => ({ op: "delete", collection, id })), publish: [], outbox: "x" });
  });
  await Promise.all(drop);
  expect(await stage.reconcile("16:05", "2026-02-06")).toMatchObject({
    verdict: "ok",
    counts: { repaired: 0, only_in_warehouse: 3, restored: 3 },
  });
  expect((await stage.documents.list("kintsugi_ledger")).map(({ id, data }) => [id, data])).toEqual(
    before.map(({ id, data }) => [id, data]),
  );
  const ends = stage.written.flatMap((write) => (write.op === "set" && write.collection === "kintsugi_ledger" ? [write.expiresMs] : []));
  expect(new Set(ends)).toEqual(new Set([Date.parse("2026-05-06T14:05:00Z")]));
});

test("what the documents had to forget is not put back", async () => {
  const stage = trackerStage();
  await stage.send("healing", heal("h1"));
  await stage.documents.commit({
    writes: [{ op: "delete", collection: "kintsugi_ledger", id: `2026-02-05T14~${derivedId("user", "h1")}` }],
    publish: [],
    outbox: "x",
  });
  expect(await stage.reconcile("16:05", "2026-05-07")).toMatchObject({ verdict: "ok", counts: { buckets: 0, restored: 0 } });
});

test("a warehouse that was lost is found out by the last hour that agreed, and gets all again in bounded steps, said meanwhile", async () => {
  const stage = trackerStage();
  await stage.send("healing", heal("h1"), heal("late", { time: "2025-11-23T12:00:00Z" }));
  expect(await stage.reconcile("16:05")).toMatchObject({ verdict: "ok", counts: { buckets: 2, repaired: 0 } });
  await stage.reconcile("12:05", "2026-02-12");
  stage.setTime("16:30", "2026-02-13");
  await stage.send("healing", heal("h2", { time: "2026-02-13T16:00:00Z" }));
  expect(await stage.reconcile("17:05", "2026-02-13")).toMatchObject({ verdict: "ok", counts: { repaired: 0 } });
  await run("DELETE FROM kintsugi.healing_events; DELETE FROM kintsugi.events");
  expect(await stage.reconcile("18:05", "2026-02-13")).toMatchObject({
    verdict: "unknown",
    reason: "the warehouse has lost events, and gets them again from the document store: done up to 2026-02-12T14h, 28 hours are left",
    counts: { buckets: 168, repaired: 2 },
  });
  expect(await stage.reconcile("19:05", "2026-02-13")).toMatchObject({ verdict: "ok", counts: { buckets: 29, repaired: 1 } });
  expect(await stage.inWarehouse()).toEqual(["h1", "h2", "late"]);
});

test("a warehouse that takes nothing is told after minutes, then every few minutes, and no more once it has caught up", async () => {
  const stage = trackerStage();
  stage.warehouse.state = "away";
  const sendAt = async (time: string): Promise<number> => {
    stage.setTime(time);
    await stage.send("healing", heal(`at-${time}`));
    return stage.said().length;
  };
  expect(await sendAt("14:05")).toBe(0);
  expect(await sendAt("14:08")).toBe(0);
  expect(await sendAt("14:09")).toBe(1);
  expect(await sendAt("14:12")).toBe(1);
  expect(await sendAt("14:14")).toBe(2);
  expect(stage.said()[1]).toMatchObject({
    function: "healing-tracker",
    verdict: "unknown",
    observations: [
      {
        subject: { kind: "function", function: "healing-tracker" },
        verdict: "unknown",
        since: "2026-02-05T14:05:00.000Z",
        cause: "warehouse",
      },
    ],
  });
  stage.warehouse.state = "there";
  expect(await stage.reconcile("15:05")).toMatchObject({ verdict: "ok", counts: { appended: 5 } });
  stage.warehouse.state = "away";
  expect(await sendAt("15:06")).toBe(2);
});

test("locks that pass, one now and one later, are told to nobody", async () => {
  const stage = trackerStage();
  for (const time of ["14:05", "14:25", "14:45"]) {
    stage.setTime(time);
    stage.warehouse.state = "away";
    await stage.send("healing", heal(`at-${time}`));
    stage.warehouse.state = "there";
  }
  expect(stage.said()).toEqual([]);
});

test("what stands in the warehouse alone is counted, and put back while its document would still be kept", async () => {
  const stage = trackerStage();
  await stage.send("healing", heal("h1"), heal("h2"));
  await stage.documents.commit({
    writes: [{ op: "delete", collection: "kintsugi_ledger", id: `2026-02-05T14~${derivedId("user", "h2")}` }],
    publish: [],
    outbox: "x",
  });
  expect(await stage.reconcile("16:00")).toMatchObject({ counts: { repaired: 0, only_in_warehouse: 1, restored: 1 } });
  expect(await stage.inWarehouse()).toEqual(["h1", "h2"]);
  expect(await stage.inDocuments()).toEqual(["h1", "h2"]);
});

test("an hour is looked at once, and only after it has closed and settled", async () => {
  const stage = trackerStage();
  await stage.send("healing", heal("h1"));
  expect(await stage.reconcile("15:04")).toMatchObject({ counts: { buckets: 0 } });
  expect(await stage.reconcile("15:05")).toMatchObject({ counts: { buckets: 1, repaired: 0 } });
  expect(await stage.reconcile("15:30")).toMatchObject({ counts: { buckets: 0 } });
  expect(await stage.reconcile("18:05")).toMatchObject({ counts: { buckets: 3 } });
});

test("a row that the warehouse refuses for good goes to the dead letters by itself, and the good ones beside it are taken", async () => {
  const stage = trackerStage();
  expect(await stage.send("healing", heal("h1"), heal("bad-1"), heal("h2"), heal("h3"))).toEqual(["ack", "ack", "ack", "ack"]);
  expect(await stage.inWarehouse()).toEqual(["h1", "h2", "h3"]);
  expect(await stage.inDocuments()).toEqual(["bad-1", "h1", "h2", "h3"]);
  expect(await stage.letters()).toMatchObject([
    { topic: "healing", reason: "outside the allowed bounds", function: "healing-tracker", needs_person: false },
  ]);
  expect(await stage.reconcile("16:00")).toMatchObject({ verdict: "ok", counts: { repaired: 0, refused: 0, only_in_warehouse: 0 } });
});

test("a refused row that waits stops no reconciliation: what is behind it passes, and it is told once", async () => {
  const stage = trackerStage();
  stage.warehouse.state = "away";
  await stage.send("healing", heal("bad-1"), heal("h1"));
  await stage.send("operator", { id: "o1", type: "mode.set", mode: "normal", time: "2026-02-05T14:01:00Z" });
  stage.warehouse.state = "there";
  expect(await stage.reconcile("16:00")).toMatchObject({ verdict: "ok", counts: { appended: 2, refused: 1, repaired: 0 } });
  expect(await stage.inWarehouse()).toEqual(["h1", "o1"]);
  expect(await stage.waiting()).toBe(0);
  const [letter, ...others] = await stage.letters();
  expect(others).toEqual([]);
  expect(letter).toMatchObject({
    topic: "healing",
    reason: "outside the allowed bounds",
    attributes: { "ce-id": "bad-1", "ce-source": "user" },
  });
  expect(await stage.reconcile("17:00")).toMatchObject({ verdict: "ok", counts: { appended: 0, refused: 0 } });
});

test("what is missing and refused, or is no event at all, holds up nobody either", async () => {
  const stage = trackerStage();
  await stage.send("healing", heal("h1"), heal("h2"));
  await run("DELETE FROM kintsugi.healing_events");
  const [document] = (await stage.documents.list("kintsugi_ledger")).filter(({ data }) => data["id"] === "h1");
  const put = (id: string, data: JsonObject): Write => ({ op: "set", collection: "kintsugi_ledger", id, data });
  await stage.documents.commit({
    writes: [put(document!.id, { ...document!.data, id: "bad-h1" }), put("2026-02-05T14~nonsense", { type: "healing.completed" })],
    publish: [],
    outbox: "x",
  });
  expect(await stage.reconcile("16:00")).toMatchObject({ verdict: "ok", counts: { repaired: 1, refused: 2 } });
  expect(await stage.inWarehouse()).toEqual(["h2"]);
  expect((await stage.letters()).map(({ reason }) => String(reason).slice(0, 50)).sort()).toEqual([
    "outside the allowed bounds",
    "the document 2026-02-05T14~nonsense is no event: I",
  ]);
});

test("an event that came long after it happened is compared by its key: repaired where it is missing, and left alone where it is not", async () => {
  const stage = trackerStage();
  const late = (id: string, day: string): JsonObject => heal(id, { time: `${day}T12:00:00Z` });
  await stage.send("healing", heal("h1"), late("a", "2025-11-23"), late("b", "2025-11-24"), late("c", "2024-03-01"));
  await run("DELETE FROM kintsugi.healing_events WHERE event_id IN ('a', 'c')");
  expect(await stage.reconcile("16:00")).toMatchObject({ counts: { repaired: 2, only_in_warehouse: 0 } });
  expect(await stage.inWarehouse()).toEqual(["a", "b", "c", "h1"]);
});

test("each statement of a reconciliation reads partitions between literal bounds, whatever the ledger holds", async () => {
  const stage = trackerStage();
  await stage.send("healing", heal("h1"), heal("late", { time: "2025-11-23T12:00:00Z" }));
  await run("DELETE FROM kintsugi.healing_events");
  await stage.reconcile("16:00");
  expect(stage.asked.length).toBeGreaterThan(2);
  for (const sql of stage.asked) {
    const reads = sql.match(/FROM kintsugi\.\w+/g) ?? [];
    const bounded = sql.match(/FROM kintsugi\.\w+ WHERE (time|timestamp) >= TIMESTAMP '[^']+' AND \1 < TIMESTAMP '[^']+'/g) ?? [];
    expect(bounded).toHaveLength(reads.length);
    expect(reads.length).toBeGreaterThan(0);
  }
});

test("an append whose commit was lost counts as no repair when it comes again in another hour", async () => {
  const stage = trackerStage();
  await stage.send("healing", heal("h1"));
  const { rows } = await ledger.query("SELECT event_key FROM kintsugi.healing_events");
  const key = String(rows[0]!["event_key"]);
  const document = await stage.documents.get("kintsugi_ledger", `2026-02-05T14~${key}`);
  const recorded = { ...document!.data, recorded_at: "2026-02-05T15:10:00.000Z" };
  await stage.documents.commit({
    writes: [
      { op: "delete", collection: "kintsugi_ledger", id: document!.id },
      { op: "set", collection: "kintsugi_ledger", id: `2026-02-05T15~${key}`, data: recorded },
    ],
    publish: [],
    outbox: "x",
  });
  expect(await stage.reconcile("17:00")).toMatchObject({ counts: { repaired: 0 } });
});

test("what the tracker stores ends after 90 days; the warehouse keeps all", async () => {
  const stage = trackerStage();
  stage.warehouse.state = "away";
  await stage.send("healing", heal("h1"), heal("bad-1"));
  stage.warehouse.state = "there";
  await stage.reconcile("16:00");
  const kept = stage.written.flatMap((write) =>
    write.op === "set" && /ledger|reconcile|dead_letters/.test(write.collection) ? [[write.collection, write.expiresMs]] : [],
  );
  const [recorded, reconciled] = ["2026-05-06T14:05:00Z", "2026-05-06T16:00:00Z"].map((time) => Date.parse(time));
  expect(kept).toEqual([
    ["kintsugi_ledger", recorded],
    ["kintsugi_ledger", recorded],
    ["kintsugi_ledger_pending", recorded],
    ["kintsugi_ledger_pending", recorded],
    ["kintsugi_reconcile", Date.parse("2026-02-06T14:05:00Z")],
    ["kintsugi_dead_letters", reconciled],
    ["kintsugi_reconcile", reconciled],
  ]);
});

test("after a long absence one run after the other catches up, a week of hours each", async () => {
  const stage = trackerStage();
  await stage.send("healing", heal("h1"));
  const later = (day: string): string => `2026-02-${day}`;
  expect(await stage.reconcile("12:00", later("20"))).toMatchObject({ counts: { buckets: 168 } });
  expect(await stage.reconcile("13:00", later("20"))).toMatchObject({ counts: { buckets: 168 } });
  expect(await stage.reconcile("14:00", later("20"))).toMatchObject({ counts: { buckets: 23 } });
});

test("stores that agree are compared by their digest alone, whatever the number of hours", async () => {
  const stage = trackerStage();
  const asked: string[] = [];
  const query = ledger.query;
  await stage.send("healing", heal("h1"));
  await stage.reconcile("15:05");
  ledger = { ...ledger, query: (sql) => (asked.push(sql), query(sql)) };
  await stage.reconcile("20:05");
  ledger = { ...ledger, query };
  expect(asked).toHaveLength(1);
});
