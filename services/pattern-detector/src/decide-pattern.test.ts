import type { Pattern } from "@kintsugi/config/model";
import { expect, test } from "vitest";
import { patternFinding, patternHolds, wilsonLower } from "./decide-pattern.ts";

const hour = 3_600_000;
const incidents = { openAfter: 1, closeAfter: 1, unknownAfter: 2, remindMs: 4 * hour, reopenMs: hour, openDaysMs: 168 * hour };
const base = { name: "p", by: "healing_type", withinMs: hour, severity: "yellow", incidents } as const;

function counts(op: "<" | "<=" | ">" | ">=" | "=" | "!=", value: number): Pattern {
  return { ...base, rule: { kind: "count", condition: { op, value, timesExpected: false, text: `${op} ${value}` } } };
}
function failureRate(value: number, minEvents: number, confidence?: number): Pattern {
  const condition = { op: ">", value, timesExpected: false, text: `> ${value * 100}%` } as const;
  return { ...base, rule: { kind: "failure_rate", condition, minEvents, ...(confidence === undefined ? {} : { confidence }) } };
}
const outside: Pattern = { ...base, rule: { kind: "count", condition: { op: "outside", low: 2, high: 4, text: "outside 2 .. 4" } } };

test.for<[name: string, pattern: Pattern, total: number, bad: number, expected: boolean]>([
  ["two are not three or more", counts(">=", 3), 2, 0, false],
  ["three are three or more", counts(">=", 3), 3, 0, true],
  ["a count does not care about outcomes", counts(">=", 3), 3, 3, true],
  ["three are not more than three", counts(">", 3), 3, 0, false],
  ["two are less than three", counts("<", 3), 2, 0, true],
  ["three are at most three", counts("<=", 3), 3, 0, true],
  ["three are three", counts("=", 3), 3, 0, true],
  ["three are not other than three", counts("!=", 3), 3, 0, false],
  ["two are not outside 2 .. 4", outside, 2, 0, false],
  ["five are outside 2 .. 4", outside, 5, 0, true],
  ["one failure of one is no rate below the minimum", failureRate(0.2, 5), 1, 1, false],
  ["four failures of four are no rate below the minimum", failureRate(0.2, 5), 4, 4, false],
  ["one of five is 20 %, and not above it", failureRate(0.2, 5), 5, 1, false],
  ["two of five are above 20 %", failureRate(0.2, 5), 5, 2, true],
  ["five of twenty are above 20 %", failureRate(0.2, 5), 20, 5, true],
  ["an empty window has no rate", failureRate(0.2, 0), 0, 0, false],
  ["with a confidence, two of five prove no 20 %", failureRate(0.2, 5, 0.95), 5, 2, false],
  ["with a confidence, four of five prove more than 20 %", failureRate(0.2, 5, 0.95), 5, 4, true],
])("%s", ([, pattern, total, bad, expected]) => {
  expect(patternHolds(pattern, { total, bad })).toBe(expected);
});

// By hand, z = 1.6449: for 5 of 20 the centre is 0.25 + 2.7055 / 40 and the margin 1.6449 * sqrt(0.1875 / 20 + 2.7055 / 1600).
test.for<[bad: number, total: number, expected: number]>([
  [5, 20, 0.1274],
  [0, 10, 0],
  [10, 10, 0.7871],
  [0, 0, 0],
])("Wilson's lower bound of %i in %i is %f", ([bad, total, expected]) => {
  expect(wilsonLower(bad, total, 0.95)).toBeCloseTo(expected, 3);
});

const recent = [
  { timeMs: Date.parse("2026-02-05T14:05:00Z"), target: "batch_1", cause: "player_injury_out" },
  { timeMs: Date.parse("2026-02-05T14:20:00Z"), target: "batch_2", cause: "worker_timeout" },
  { timeMs: Date.parse("2026-02-05T14:35:00Z"), target: "batch_3", cause: "player_injury_out" },
];

test("the finding of a count says how often, what came last and why, and what to do", () => {
  const finding = patternFinding(
    { ...counts(">=", 3), name: "healing-frequent" },
    {
      pattern: "healing-frequent",
      value: "batch_cleanup",
      total: 3,
      bad: 1,
      recent,
      recentBad: [],
    },
  );
  expect(finding).toEqual({
    subject: { kind: "pattern", pattern: "healing-frequent", value: "batch_cleanup" },
    verdict: "finding",
    severity: "yellow",
    title: "batch_cleanup healed 3 times in 1 h",
    facts: [
      "2 of 3 worked",
      "last: 14:05Z batch_1 (player_injury_out); 14:20Z batch_2 (worker_timeout); 14:35Z batch_3 (player_injury_out)",
    ],
    next: ["kintsugi analyze: what is the top cause?", "kintsugi why batch_3: what happened to the last one?"],
    channel: "healing",
    count: 3,
  });
});

test("the finding of a rate names those that failed and the threshold, and goes to the critical channel where it is critical", () => {
  const pattern = { ...failureRate(0.2, 5), name: "healing-failing", severity: "critical", withinMs: 24 * hour } as const;
  const finding = patternFinding(pattern, {
    pattern: "healing-failing",
    value: "batch_cleanup",
    total: 20,
    bad: 5,
    recent,
    recentBad: [{ timeMs: Date.parse("2026-02-05T09:05:00Z"), target: "batch_0", cause: "worker_timeout", outcome: "errored" }],
  });
  expect(finding).toMatchObject({
    title: "batch_cleanup: 25 % of 20 repairs in 24 h did not work",
    facts: [
      "5 of 20 failed; called for at > 20% of at least 5",
      "failed: 09:05Z batch_0 (errored, worker_timeout)",
      "the true share is at least 12.7 % (95 % sure)",
    ],
    next: [
      "kintsugi why batch_0: why did the last one not work?",
      'kintsugi pause batch_cleanup --reason "repairs fail": if repairing does harm',
      "repair by hand what must not wait, then remove the cause",
    ],
    channel: "critical",
  });
});
