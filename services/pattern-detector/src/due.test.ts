import type { IncidentChanged } from "@kintsugi/events/alerts";
import { expect, test } from "vitest";
import { openRecord, type RecordChange } from "../test-support/open-record.ts";
import { dueOf } from "./due.ts";
import { type IncidentRecord, newRecord } from "./incident-record.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.parse("2026-11-24T06:00:00Z");
const policy = { openDaysMs: 7 * DAY, remindMs: 4 * HOUR };
const subject = { kind: "service", service: "worker" } as const;
const bad: IncidentRecord["days"][number] = { day: "2026-11-23", what: "w", who: [], state: "bad", sinceMs: START };

/** An open incident that people were told of at the start. */
function open(change: RecordChange = {}, incident: Partial<IncidentChanged> = {}): IncidentRecord {
  return openRecord(subject, START, { told: true, remindedMs: START, ...change }, incident);
}

test.for<[name: string, record: IncidentRecord, hours: number | undefined]>([
  ["a streak that has not opened waits for a look alone", { ...newRecord(subject, "drift"), bad: 1 }, undefined],
  ["a bad day is given up", { ...newRecord(subject, "drift"), bad: 1, days: [bad] }, 7 * 24],
  ["a closed day is not", { ...newRecord(subject, "drift"), bad: 1, days: [{ ...bad, state: "closed" }] }, undefined],
  ["what is grave is recalled", open(), 4],
  ["later, after each reminder", open({ reminders: 2 }), 16],
  ["what is mild is not", open({}, { severity: "yellow" }), undefined],
  ["nor what another explains", open({}, { post: false }), undefined],
  ["nor what somebody has taken", open({}, { acknowledged_by: "eve" }), undefined],
  ["until his word is over", open({ acknowledgedUntilMs: START + 9 * HOUR }, { acknowledged_by: "eve" }), 9],
  ["a silence ends", open({ silence: { untilMs: START + 2 * HOUR, by: "eve", reason: "", severity: "red" } }), 2],
  ["one without an end does not", open({ silence: { by: "eve", reason: "", severity: "red" } }), undefined],
  ["one that flaps is over after four good hours", open({ goodSinceMs: START - HOUR }, { severity: "yellow" }), 3],
  ["what is resolved waits for nothing", open({ bad: 0 }, { state: "resolved" }), undefined],
])("%s", ([, record, hours]) => {
  expect(dueOf(record, policy)).toBe(hours === undefined ? undefined : START + hours * HOUR);
});
