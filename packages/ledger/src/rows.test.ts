import { eventKey, type Event } from "@kintsugi/events/event";
import { expect, test } from "vitest";
import { bucketOf, ledgerDocument, ledgerId, partitionMs, rowOf } from "./rows.ts";
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

test("the document of an event whose row is refused for good says so", () => {
  expect(ledgerDocument(mode, recordedMs, true)).toEqual({ ...mode, recorded_at: "2026-02-05T20:59:59.999Z", refused: true });
});

test("a repair is partitioned by its own time, any other event by the envelope's", () => {
  const late = { ...heal, time: "2026-02-06T09:00:00.000Z" };
  expect(new Date(partitionMs(rowOf(late, recordedMs))).toISOString()).toBe("2026-02-05T20:15:07.000Z");
  expect(new Date(partitionMs(rowOf(mode, recordedMs))).toISOString()).toBe("2026-02-05T20:00:00.000Z");
});
