import { expect, test } from "vitest";
import { openRecord, type RecordChange } from "../test-support/open-record.ts";
import { explain } from "./explain.ts";
import type { IncidentRecord } from "./incident-record.ts";
import { type Standing, standingOf, wordless } from "./standing.ts";

const at = "2026-11-24T06:00:00.000Z";
const subject = { kind: "check", phase: "raw", check: "rows" } as const;
const change: RecordChange = {
  bad: 3,
  lastMs: Date.parse(at),
  told: true,
  days: [
    { day: "2026-11-23", what: "rows: 3 < 9", who: ["analytics"], state: "bad", sinceMs: 5 },
    { day: "2026-11-20", what: "rows: 1 < 9", who: [], state: "given_up", sinceMs: 1 },
  ],
  silence: { untilMs: Date.parse(at) + 1, by: "eve", reason: "known", severity: "yellow" },
};
const record = openRecord(subject, Date.parse(at), change, {
  cause: "warehouse",
  days: [{ day: "2026-11-23", what: "rows: 3 < 9", who: [] }],
  explains: ["gate:g"],
});
const graph = { runMs: 1, upstreamOf: () => [] };

test("a standing comes back from the index as it went in, and is placed as its record is", () => {
  const standing = standingOf(record, 7)!;
  const stored = JSON.parse(JSON.stringify(standing)) as Standing;
  expect(standingOf(wordless(stored), 7)).toEqual(standing);
  const place = (one: IncidentRecord) => {
    const { incident } = explain(new Map([[one.key, one]]), graph, Date.parse(at)).get(one.key)!.record;
    return [incident.root, incident.post, incident.explains];
  };
  expect(place(wordless(stored))).toEqual(place(record));
});

test("a storm keeps what it lists and when it grew", () => {
  const storm = { ...record, subject: { kind: "storm", channel: "drift", at } as const, key: `storm:drift:${at}`, targets: ["a", "b"] };
  expect(wordless(standingOf(storm, undefined)!)).toMatchObject({ targets: ["a", "b"], lastMs: record.lastMs });
});

test("a thousand of them fit into one document with room to spare", () => {
  const bytes = JSON.stringify(standingOf(record, 7)).length;
  expect(bytes * 1_000).toBeLessThan(600_000);
});

test("what is well stands nowhere", () => {
  expect(standingOf({ ...record, bad: 0, days: [], incident: { ...record.incident, state: "resolved" } }, undefined)).toBeUndefined();
});
