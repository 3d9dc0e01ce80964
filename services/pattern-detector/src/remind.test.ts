import type { IncidentChanged } from "@kintsugi/events/alerts";
import { expect, test } from "vitest";
import { openRecord, type RecordChange } from "../test-support/open-record.ts";
import type { OpenRecord } from "./incident-record.ts";
import { remind } from "./remind.ts";

const HOUR = 3_600_000;
const START = Date.parse("2026-11-24T06:00:00Z");
const subject = { kind: "service", service: "worker" } as const;

function told(change: RecordChange = {}, incident: Partial<IncidentChanged> = {}): OpenRecord {
  return openRecord(subject, START, { told: true, remindedMs: START, ...change }, incident);
}

test("the pause doubles with each reminder, and is a day at most", () => {
  let record = told();
  const hours: number[] = [];
  for (let hour = 1; hour <= 100; hour++) {
    const reminded = remind(record, 4 * HOUR, START + hour * HOUR);
    if (reminded.changes.length > 0) hours.push(hour);
    record = reminded.record as OpenRecord;
  }
  expect(hours).toEqual([4, 12, 28, 52, 76, 100]);
});

test.for<[name: string, record: OpenRecord, isReminded: boolean]>([
  ["red is recalled", told(), true],
  ["critical is recalled", told({}, { severity: "critical" }), true],
  ["yellow is not", told({}, { severity: "yellow" }), false],
  ["what is explained by another is not", told({}, { post: false }), false],
  ["what nobody was told is not", told({ told: false }), false],
  ["what somebody has taken is not", told({}, { acknowledged_by: "eve" }), false],
  ["until that ends", told({ acknowledgedUntilMs: START + HOUR }, { acknowledged_by: "eve" }), true],
  ["what is silenced is not", told({ silence: { by: "eve", reason: "", severity: "red" } }), false],
  ["until that ends too", told({ silence: { by: "eve", reason: "", severity: "red", untilMs: START + HOUR } }), true],
])("%s", ([, record, isReminded]) => {
  expect(remind(record, 4 * HOUR, START + 4 * HOUR).changes.length > 0).toBe(isReminded);
});
