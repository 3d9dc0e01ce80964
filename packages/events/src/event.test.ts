import { expect, test } from "vitest";
import { HealingCompleted } from "./healing.ts";
import { asReceived, believedMark, type Event, saidMs, timeFault } from "./event.ts";

const now = Date.parse("2026-02-05T20:00:00Z");
const mode = (time: string): Event => ({
  id: "m",
  source: "cli",
  type: "mode.set",
  time,
  data: { actor: "eve", reason: "break", mode: "off-season" },
});
const heal = (timestamp: string): Event => ({
  id: "h",
  source: "user",
  type: "healing.completed",
  time: "2026-02-05T20:00:00.000Z",
  data: HealingCompleted.parse({ healing_id: "h", timestamp, healing_type: "retry", target: "t", success: true }),
});

test.for<[name: string, event: Event, fault: RegExp | undefined]>([
  ["now", mode("2026-02-05T20:00:00Z"), undefined],
  ["four years back", mode("2022-02-05T20:00:00Z"), undefined],
  ["1,815 days back", mode("2021-02-16T20:00:00Z"), undefined],
  ["a moment further", mode("2021-02-16T19:59:59.999Z"), /^time 2021-02-16T19:59:59.999Z is about five years back or more/],
  ["in the year 2000", mode("2000-06-01T00:00:00Z"), /five years back/],
  ["a repair of its own time, with an offset", heal("2026-02-05T22:00:00+02:00"), undefined],
  ["a repair of another century, told now", heal("1999-12-31T23:59:59Z"), /^timestamp 1999-12-31T23:59:59Z is about five years back/],
])("the ledger can hold an event of times that its partitions reach: %s", ([, event, fault]) => {
  expect(timeFault(event, now) ?? "none").toMatch(fault ?? /^none$/);
});

test.for<[name: string, event: Event, time: string, timestamp: string | undefined, ahead: string | undefined]>([
  ["of now", mode("2026-02-05T20:00:00.000Z"), "2026-02-05T20:00:00.000Z", undefined, undefined],
  ["five minutes ahead", mode("2026-02-05T20:05:00.000Z"), "2026-02-05T20:05:00.000Z", undefined, undefined],
  ["a moment more", mode("2026-02-05T20:05:00.001Z"), "2026-02-05T20:00:00.000Z", undefined, "time 2026-02-05T20:05:00.001Z"],
  ["of next year", mode("2027-02-05T20:00:00Z"), "2026-02-05T20:00:00.000Z", undefined, "time 2027-02-05T20:00:00Z"],
  [
    "a repair before its time",
    heal("2026-02-05T21:00:00Z"),
    "2026-02-05T20:00:00.000Z",
    "2026-02-05T20:00:00.000Z",
    "timestamp 2026-02-05T21:00:00Z",
  ],
  ["a repair of this morning", heal("2026-02-05T08:00:00Z"), "2026-02-05T20:00:00.000Z", "2026-02-05T08:00:00Z", undefined],
])("a time of the future is that of the receipt: %s", ([, event, time, timestamp, ahead]) => {
  const received = asReceived(event, now);
  expect(received.event.time).toBe(time);
  expect("timestamp" in received.event.data ? received.event.data.timestamp : undefined).toBe(timestamp);
  expect(received.ahead).toBe(ahead);
});

test("what was said is ordered by its own time, never by one that is yet to come", () => {
  expect(saidMs(mode("2026-02-05T19:00:00Z"), now)).toBe(now - 3_600_000);
  expect(saidMs(mode("2026-02-05T20:04:00Z"), now)).toBe(now);
});

test("a mark from the future orders nothing", () => {
  expect(believedMark(now - 1, now)).toBe(now - 1);
  expect(believedMark(now + 300_000, now)).toBe(now + 300_000);
  expect(believedMark(now + 300_001, now)).toBe(0);
});
