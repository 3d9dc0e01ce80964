import { expect, test } from "vitest";
import { timeGiven } from "./time-given.ts";

const nowMs = Date.parse("2026-02-05T14:00:00Z");

test.for<[text: string, expected: string]>([
  ["4h", "2026-02-05T18:00:00.000Z"],
  ["90s", "2026-02-05T14:01:30.000Z"],
  ["2026-02-06", "2026-02-06T05:00:00.000Z"],
  ["2026-02-06T09:00", "2026-02-06T14:00:00.000Z"],
  ["2026-02-06 09:00:30", "2026-02-06T14:00:30.000Z"],
  ["2026-07-06T09:00", "2026-07-06T13:00:00.000Z"],
  ["2026-02-06T09:00Z", "2026-02-06T09:00:00.000Z"],
  ["2026-02-06T09:00:00.250+02:00", "2026-02-06T07:00:00.250Z"],
  ["2026-03-08T02:30", "2026-03-08T06:30:00.000Z"],
  ["2026-03-08T03:30", "2026-03-08T07:30:00.000Z"],
  ["2026-11-01T12:00", "2026-11-01T17:00:00.000Z"],
])("%s is %s where the pipeline's clocks are New York's", ([text, expected]) => {
  const atMs = timeGiven(text, { nowMs, timezone: "America/New_York", direction: "ahead" });
  expect(new Date(atMs!).toISOString()).toBe(expected);
});

test("a duration may lie ahead or behind", () => {
  expect(timeGiven("2h", { nowMs, timezone: "UTC", direction: "ago" })).toBe(nowMs - 7_200_000);
});

test.for([["tomorrow"], [""], ["4"], ["4 h"], ["2026-02-30"], ["2026-13-01"], ["2026-02-06T25:00"], ["09:00"], ["1700000000"]])(
  "%j is no time",
  ([text]) => {
    expect(timeGiven(text!, { nowMs, timezone: "UTC", direction: "ahead" })).toBeUndefined();
  },
);
