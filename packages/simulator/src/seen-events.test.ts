import type { CanaryEvaluated } from "@kintsugi/events/canary";
import type { Event } from "@kintsugi/events/event";
import type { Verdict } from "@kintsugi/events/fields";
import { expect, test } from "vitest";
import { seenEvents } from "./seen-events.ts";

const time = "2026-02-05T14:00:00.000Z";

function evaluated(id: string, checks: readonly (readonly [check: string, day: string, verdict: Verdict])[]): Event {
  const data: CanaryEvaluated = {
    due: time,
    bytes: 0,
    dollars: 0,
    checks: checks.map(([check, day, verdict]) => ({ phase: "raw", check, day, verdict, severity: "red", metrics: [] })),
  };
  return { id, source: "kintsugi/canary", type: "canary.evaluated", time, data };
}

test.for<[name: string, days: readonly Verdict[], verdict: Verdict]>([
  ["a bad day among good ones", ["ok", "finding", "ok"], "finding"],
  ["a day that could not be looked at", ["ok", "unknown"], "unknown"],
  ["a good day beside one on which nothing was expected", ["not_applicable", "ok"], "ok"],
  ["nothing but days on which nothing was expected", ["not_applicable", "not_applicable"], "not_applicable"],
])("a run's verdict of a check is that of its worst day: %s", ([, days, verdict]) => {
  const seen = seenEvents();
  seen.see(
    evaluated(
      "one",
      days.map((each, index) => ["hours", `2026-02-0${index + 1}`, each]),
    ),
  );
  expect(seen.verdicts.get("canary:raw.hours")).toEqual([verdict]);
});

test("checks and runs are told apart, and an event that comes twice counts once", () => {
  const seen = seenEvents();
  const first = evaluated("one", [
    ["hours", "2026-02-04", "ok"],
    ["rows", "2026-02-04", "finding"],
  ]);
  for (const event of [first, first, evaluated("two", [["hours", "2026-02-05", "finding"]])]) seen.see(event);
  expect(seen.verdicts.get("canary:raw.hours")).toEqual(["ok", "finding"]);
  expect(seen.verdicts.get("canary:raw.rows")).toEqual(["finding"]);
});
