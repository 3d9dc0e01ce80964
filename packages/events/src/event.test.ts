import { expect, test } from "vitest";
import { HealingCompleted } from "./healing.ts";
import { type Event, timeFault } from "./event.ts";

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
  ["a day ahead", mode("2026-02-06T20:00:00Z"), undefined],
  ["a moment further ahead", mode("2026-02-06T20:00:00.001Z"), /^time 2026-02-06T20:00:00.001Z is more than a day ahead$/],
  ["a repair of its own time, with an offset", heal("2026-02-05T22:00:00+02:00"), undefined],
  ["a repair of another century, told now", heal("1999-12-31T23:59:59Z"), /^timestamp 1999-12-31T23:59:59Z is about five years back/],
  ["a repair of tomorrow's tomorrow, told now", heal("2026-02-07T20:00:00Z"), /^timestamp .* is more than a day ahead$/],
])("the ledger can hold an event of times that its partitions reach: %s", ([, event, fault]) => {
  expect(timeFault(event, now) ?? "none").toMatch(fault ?? /^none$/);
});
