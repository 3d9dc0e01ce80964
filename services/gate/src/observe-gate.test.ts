import type { CheckResult } from "@kintsugi/events/canary";
import { expect, test } from "vitest";
import { type Decision, observeGate } from "./observe-gate.ts";

const day = "2026-11-23";
const subject = { kind: "gate", gate: "g" };
const spot = { kind: "blind-spot", function: "gate", about: "g" };
const check = (verdict: CheckResult["verdict"]): CheckResult => ({
  phase: "raw",
  check: "hours",
  verdict,
  severity: "critical",
  metrics: [],
});

function decision(decided: Partial<Decision["decided"]>, change: Partial<Omit<Decision, "decided">> = {}): Decision {
  const base: Decision["decided"] = {
    gate: "g",
    day,
    consumer: "cleaner",
    context: "live",
    verdict: "block",
    can_proceed: false,
    message: "blocked: raw.hours.rows: 46 < 48",
    quality_issues: ["raw.hours.rows: 46 < 48", "raw.hours.age: old", "raw.x.n: off", "raw.y.n: off"],
    severity: "critical",
    checks: [check("finding")],
  };
  return { decided: { ...base, ...decided }, before: "clean", isOverridden: false, isBlind: false, cause: undefined, ...change };
}
const unknown = { checks: [check("unknown")], message: "blocked: away" };
const blind = { isBlind: true, cause: "warehouse" };
const good = { verdict: "proceed", can_proceed: true } as const;

const held = { subject, verdict: "finding", day, who: "cleaner", severity: "critical" };
const unseen = {
  subject: spot,
  verdict: "finding",
  day,
  who: "cleaner",
  severity: "yellow",
  cause: "warehouse",
  title: "gate g cannot look",
};
const well = { subject, verdict: "ok", day };
const seen = { subject: spot, verdict: "ok", day };
const unclear = { subject, verdict: "unknown", severity: "yellow", cause: "warehouse" };

test.for<[name: string, given: Decision, said: readonly object[]]>([
  ["a live block on bad data", decision({}), [held]],
  [
    "a live block on bad data, where another check could not look",
    decision({ checks: [check("finding"), check("unknown")] }, blind),
    [held],
  ],
  ["a live block because nobody could look", decision(unknown, blind), [unseen]],
  ["a block that only warns whom it concerns", decision({ can_proceed: true }), []],
  ["a live decision to proceed", decision(good), [well, seen]],
  ["a live decision to wait", decision({ verdict: "wait" }), [well, seen]],
  ["a live decision to proceed, though something could not be looked at", decision({ ...good, ...unknown }, blind), [well, unclear]],
  ["an override of the question", decision({ context: "override", can_proceed: true }), [well, seen]],
  ["an override of the day", decision({ can_proceed: true }, { isOverridden: true }), [well, seen]],
  ["a backfill", decision({ context: "backfill" }), []],
])("what a gate says of itself after %s", ([, given, said]) => {
  const observations = observeGate(given);
  expect(observations).toMatchObject(said);
  expect(observations).toHaveLength(said.length);
});

test("one that holds back says what it waits for, what else is wrong, and the next command", () => {
  expect(observeGate(decision({}))).toMatchObject([
    {
      title: "gate g holds clean back",
      facts: ["blocked: raw.hours.rows: 46 < 48", "raw.hours.age: old", "raw.x.n: off"],
      next: ["kintsugi why gate:g"],
      channel: "gate",
    },
  ]);
});

test("a caller whose name is no name is not named", () => {
  expect(observeGate(decision({ consumer: "🤕" }))[0]).not.toHaveProperty("who");
});
