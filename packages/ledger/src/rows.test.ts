import { eventKey, type Event } from "@kintsugi/events/event";
import { expect, test } from "vitest";
import { bucketOf, byTable, ledgerDocument, ledgerId, rowOf } from "./rows.ts";
import { ledgerTables } from "./tables.ts";

const recordedMs = Date.parse("2026-02-05T20:59:59.999Z");
const heal: Event = {
  id: "e1",
  source: "kintsugi/cleanup",
  type: "healing.completed",
  subject: "batch_1",
  time: "2026-02-05T20:15:07.000Z",
  data: {
    healing_id: "heal_1",
    timestamp: "2026-02-05T20:15:07.000Z",
    healing_type: "batch_cleanup",
    trigger_reason: "stalled",
    action_taken: "closed",
    before_state: { done: false },
    after_state: { done: true },
    success: true,
    metadata: {},
    target: "batch_1",
    cause: { code: "player_injury_out", parameters: { skipped: 17 } },
    outcome: "effective",
    attempt: 1,
    mode: "auto",
    actor: "batch_cleanup",
    hop_count: 0,
  },
};
const mode: Event = {
  id: "m1",
  source: "cli",
  type: "mode.set",
  time: "2026-02-05T20:00:00.000Z",
  data: { actor: "eve", reason: "break", mode: "off-season" },
};

test("a repair is a row of typed columns, its cause a code and its parameters", () => {
  expect(rowOf(heal, recordedMs)).toEqual({
    table: "healing_events",
    row: {
      event_key: eventKey(heal),
      event_id: "e1",
      source: "kintsugi/cleanup",
      healing_id: "heal_1",
      timestamp: "2026-02-05T20:15:07.000Z",
      healing_type: "batch_cleanup",
      trigger_reason: "stalled",
      action_taken: "closed",
      before_state: { done: false },
      after_state: { done: true },
      success: true,
      metadata: {},
      target: "batch_1",
      cause: "player_injury_out",
      cause_parameters: { skipped: 17 },
      outcome: "effective",
      attempt: 1,
      mode: "auto",
      actor: "batch_cleanup",
      hop_count: 0,
      recorded_at: "2026-02-05T20:59:59.999Z",
    },
  });
});

test("any other event is an envelope and its data", () => {
  expect(rowOf(mode, recordedMs)).toEqual({
    table: "events",
    row: {
      event_key: eventKey(mode),
      event_id: "m1",
      source: "cli",
      type: "mode.set",
      subject: null,
      time: "2026-02-05T20:00:00.000Z",
      data: { actor: "eve", reason: "break", mode: "off-season" },
      recorded_at: "2026-02-05T20:59:59.999Z",
    },
  });
});

test.for<[event: Event]>([[heal], [mode]])("a row fits its table: no column that it lacks, none required that is missing", ([event]) => {
  const { table, row } = rowOf(event, recordedMs);
  const { schema } = ledgerTables.find(({ name }) => name === table)!;
  const names = schema.map(({ name }) => name);
  expect(Object.keys(row).filter((column) => !names.includes(column))).toEqual([]);
  const required = schema.filter(({ mode: columnMode }) => columnMode === "REQUIRED").map(({ name }) => name);
  expect(required.filter((column) => row[column] === undefined || row[column] === null)).toEqual([]);
});

test("a bucket is the hour in which the ledger took an event in", () => {
  expect(bucketOf(recordedMs)).toBe("2026-02-05T20");
  expect(bucketOf(recordedMs + 1)).toBe("2026-02-05T21");
  expect(ledgerId("2026-02-05T20", "abc")).toBe("2026-02-05T20~abc");
});

test("the document of an event is the event and when it was taken in", () => {
  expect(ledgerDocument(mode, recordedMs)).toEqual({ ...mode, recorded_at: "2026-02-05T20:59:59.999Z" });
});

test("rows are appended by table, in their order", () => {
  const grouped = byTable([rowOf(mode, 1), rowOf(heal, 2), rowOf(mode, 3)]);
  expect([...grouped].map(([table, rows]) => [table, rows.map((row) => row["recorded_at"])])).toEqual([
    ["events", ["1970-01-01T00:00:00.001Z", "1970-01-01T00:00:00.003Z"]],
    ["healing_events", ["1970-01-01T00:00:00.002Z"]],
  ]);
});
