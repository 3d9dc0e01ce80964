import type { Healer } from "@kintsugi/config/healer";
import type { JsonObject } from "@kintsugi/ports/json";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Batch, readBatch } from "./batch.ts";

const healer: Pick<Healer, "fields" | "reasons"> = {
  fields: {
    expected: "expected_players",
    completed: "completed_players",
    failed: "failed_players",
    skipped: "skipped_players",
    done: "is_complete",
    created: "created_at",
    updated: "updated_at",
  },
  reasons: { permanent: ["player_injury_out"], transient: ["worker_timeout"] },
};
const created_at = "2026-02-05T19:23:21Z";
const updated_at = "2026-02-05T19:31:02Z";
const document = { expected_players: 136, completed_players: 119, is_complete: false, created_at, updated_at };

function batchOf(data: JsonObject): Batch {
  const read = readBatch("b", data, healer);
  if ("unreadable" in read) throw new Error(read.unreadable);
  return read.batch;
}

test("119 done and 17 injured of 136 are all settled", () => {
  expect(batchOf({ ...document, skipped_players: { player_injury_out: 17 } })).toEqual({
    target: "b",
    expected: 136,
    completed: 119,
    skipped: { player_injury_out: 17 },
    settled: 136,
    share: 1,
    unclassified: [],
    isDone: false,
    createdMs: Date.parse(created_at),
    updatedMs: Date.parse(updated_at),
  });
});

test("119 done of 136 without a word about the rest are seven eighths", () => {
  expect(batchOf(document)).toMatchObject({ settled: 119, share: 0.875, skipped: {} });
});

type Skips = { skipped: Record<string, number>; settled: number; unclassified: string[] };
const members = { ...document, expected_players: ["a", "b", "c", "d"], completed_players: ["a"] };

test.for<[name: string, data: JsonObject, wanted: Skips]>([
  [
    "a count per reason",
    { ...document, skipped_players: { player_injury_out: 2 } },
    { skipped: { player_injury_out: 2 }, settled: 121, unclassified: [] },
  ],
  [
    "a transient reason settles nothing",
    { ...document, skipped_players: { worker_timeout: 5 } },
    { skipped: {}, settled: 119, unclassified: [] },
  ],
  [
    "an unlisted reason settles, and is told",
    { ...document, skipped_players: { moon_phase: 3 } },
    { skipped: { moon_phase: 3 }, settled: 122, unclassified: ["moon_phase"] },
  ],
  [
    "a reason that nobody has is not told",
    { ...document, skipped_players: { moon_phase: 0 } },
    { skipped: {}, settled: 119, unclassified: [] },
  ],
  [
    "a reason per id",
    { ...members, skipped_players: { b: "player_injury_out", c: "worker_timeout" } },
    { skipped: { player_injury_out: 1 }, settled: 2, unclassified: [] },
  ],
  ["ids alone", { ...members, skipped_players: ["b", "c"] }, { skipped: { skipped: 2 }, settled: 3, unclassified: [] }],
  ["an id twice counts once", { ...members, skipped_players: ["b", "b"] }, { skipped: { skipped: 1 }, settled: 2, unclassified: [] }],
  [
    "who is done is not skipped besides",
    { ...members, skipped_players: ["a", "b"] },
    { skipped: { skipped: 1 }, settled: 2, unclassified: [] },
  ],
  ["a stranger is no member", { ...members, skipped_players: ["b", "x"] }, { skipped: { skipped: 1 }, settled: 2, unclassified: [] }],
  ["nothing", { ...members, skipped_players: null }, { skipped: {}, settled: 1, unclassified: [] }],
  [
    "a reason with a name of every object",
    { ...document, skipped_players: { constructor: 1 } },
    { skipped: { constructor: 1 }, settled: 120, unclassified: ["constructor"] },
  ],
])("skips are read as they come: %s", ([, data, wanted]) => {
  const { skipped, settled, unclassified } = batchOf(data);
  expect({ skipped, settled, unclassified }).toEqual(wanted);
});

test.for<[name: string, data: JsonObject, completed: number, expected: number]>([
  ["numbers", { ...document, expected_players: 4, completed_players: 3 }, 3, 4],
  ["ids on both sides", { ...document, expected_players: ["a", "b", "c"], completed_players: ["a", "b"] }, 2, 3],
  ["ids against a number", { ...document, expected_players: 5, completed_players: ["a", "b"] }, 2, 5],
  ["ids twice", { ...document, expected_players: ["a", "a", "b"], completed_players: ["a", "a"] }, 1, 2],
  ["a stranger among the completed", { ...document, expected_players: ["a", "b"], completed_players: ["a", "x"] }, 1, 2],
  ["nobody completed yet", { ...document, expected_players: 4, completed_players: null }, 0, 4],
])("members are counted, by number or by id: %s", ([, data, completed, expected]) => {
  expect(batchOf(data)).toMatchObject({ completed, expected });
});

test.for<[name: string, data: JsonObject, createdMs: number, updatedMs: number]>([
  ["an offset", { ...document, updated_at: "2026-02-05T14:31:02-05:00" }, Date.parse(created_at), Date.parse(updated_at)],
  ["milliseconds", { ...document, created_at: 1_770_319_401_000 }, Date.parse(created_at), Date.parse(updated_at)],
  ["seconds", { ...document, created_at: 1_770_319_401 }, Date.parse(created_at), Date.parse(updated_at)],
  ["only a creation", { ...document, updated_at: null }, Date.parse(created_at), Date.parse(created_at)],
  ["only an update", { ...document, created_at: null }, Date.parse(updated_at), Date.parse(updated_at)],
])("times are read as they come: %s", ([, data, createdMs, updatedMs]) => {
  expect(batchOf(data)).toMatchObject({ createdMs, updatedMs });
});

test.for<[name: string, data: JsonObject, reason: string]>([
  ["an empty document", {}, "expected_players is missing"],
  ["no expected members", { ...document, expected_players: null }, "expected_players is missing"],
  ["a number as text", { ...document, expected_players: "136" }, "expected_players has a form that is not known"],
  ["a number below zero", { ...document, completed_players: -1 }, "completed_players has a form that is not known"],
  ["ids that are numbers", { ...document, completed_players: [1, 2] }, "completed_players has a form that is not known"],
  ["a time in words", { ...document, updated_at: "yesterday" }, "updated_at has a form that is not known"],
  ["a time without a zone", { ...document, updated_at: "2026-02-05T19:31:02" }, "updated_at has a form that is not known"],
  ["no time at all", { ...document, created_at: null, updated_at: null }, "neither updated_at nor created_at tells a time"],
  ["a time in microseconds", { ...document, updated_at: 1_770_319_401_000_000 }, "updated_at has a form that is not known"],
  ["a time in nanoseconds", { ...document, created_at: 1_770_319_401_000_000_000 }, "created_at has a form that is not known"],
  ["skips as a number", { ...document, skipped_players: 17 }, "skipped_players has a form that is not known"],
  ["skips of both kinds", { ...document, skipped_players: { a: 1, b: "injured" } }, "skipped_players has a form that is not known"],
  ["skips below zero", { ...document, skipped_players: { injured: -3 } }, "skipped_players has a form that is not known"],
])("a document that cannot be understood is named, and nothing is guessed: %s", ([, data, reason]) => {
  expect(readBatch("b", data, healer)).toEqual({ unreadable: reason });
});

test("only a true is done", () => {
  expect(batchOf({ ...document, is_complete: true }).isDone).toBe(true);
  expect(batchOf({ ...document, is_complete: "true" }).isDone).toBe(false);
  expect(batchOf({ ...document, is_complete: null }).isDone).toBe(false);
});

test("whatever a document holds, no more members are settled than were expected or came", () => {
  const counts = fc.record({
    expected: fc.nat(500),
    completed: fc.nat(600),
    skips: fc.dictionary(fc.constantFrom("player_injury_out", "worker_timeout", "other"), fc.nat(600)),
  });
  fc.assert(
    fc.property(counts, ({ expected, completed, skips }) => {
      const batch = batchOf({ ...document, expected_players: expected, completed_players: completed, skipped_players: skips });
      expect(batch.settled).toBeGreaterThanOrEqual(completed);
      expect(batch.settled).toBeLessThanOrEqual(Math.max(expected, completed));
      expect(Object.keys(batch.skipped)).not.toContain("worker_timeout");
    }),
  );
});
