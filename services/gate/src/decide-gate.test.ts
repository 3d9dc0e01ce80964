import type { CheckResult, MetricResult } from "@kintsugi/events/canary";
import { expect, test } from "vitest";
import { decideGate, type GateFacts, type GateVerdict, statusFor } from "./decide-gate.ts";

const games = ["g1", "g2", "g3", "g4"];
const blocks = { onUnknown: "block" } as const;
const proceeds = { onUnknown: "proceed" } as const;

function check(verdict: CheckResult["verdict"], metrics: readonly MetricResult[], change: Partial<CheckResult> = {}): CheckResult {
  return { phase: "raw", check: "boxscores", verdict, severity: "red", metrics: [...metrics], ...change };
}
const good: MetricResult = { name: "games", verdict: "ok", actual: 4 };
const warned: MetricResult = { name: "rows", verdict: "warn", actual: 70, reason: "70 < 80 (20 * expected)" };
const failed: MetricResult = { name: "names", verdict: "finding", actual: 3, reason: "3 > 0" };
const blind: MetricResult = { name: "games", verdict: "unknown", actual: null, reason: "table raw does not exist" };
const short: MetricResult = {
  name: "rows",
  verdict: "finding",
  actual: 35,
  reason: "35 < 60 (15 * expected): missing g1; thin g3 (3)",
  entities: [
    { id: "g1", actual: 0, state: "missing" },
    { id: "g3", actual: 3, state: "thin" },
  ],
};
const ok = check("ok", [good]);
const notDue = check("not_applicable", [], { reason: "not due yet" });
const nothingExpected = check("not_applicable", [], { reason: "nothing expected" });
const unknown = check("unknown", [blind], { check: "lines", severity: "critical", reason: "table raw does not exist" });

const everything = (...checks: readonly CheckResult[]): GateFacts => ({ checks, listed: games, due: games, looks: [] });

test.for<[name: string, facts: GateFacts, gate: typeof blocks | typeof proceeds, expected: Partial<GateVerdict>]>([
  [
    "all there and well: proceed",
    everything(ok),
    blocks,
    { verdict: "proceed", message: "proceed: all 4 there", quality_score: 1, completeness_pct: 100 },
  ],
  [
    "a warning: proceed, and say so",
    everything(check("ok", [good, warned])),
    blocks,
    { verdict: "proceed_with_warning", message: "proceed, with a warning: raw.boxscores.rows: 70 < 80 (20 * expected)", quality_score: 1 },
  ],
  [
    "a failing metric: block, however well the others are",
    everything(check("finding", [good, good, good, failed])),
    blocks,
    { verdict: "block", message: "blocked: raw.boxscores.names: 3 > 0", quality_score: 0.75, completeness_pct: 100 },
  ],
  [
    "a missing and a thin one: block, the missing one named, the thin one among the issues",
    { ...everything(check("finding", [good, short])), looks: [{ withRow: new Set(["g2", "g3", "g4"]) }] },
    blocks,
    {
      verdict: "block",
      message: "blocked: 1 of 4 missing: g1",
      missing_items: ["g1"],
      quality_issues: ["raw.boxscores.rows: 35 < 60 (15 * expected): missing g1; thin g3 (3)"],
      expected_count: 4,
      actual_count: 3,
      completeness_pct: 75,
    },
  ],
  [
    "one of two checks fails: block",
    everything(ok, check("finding", [failed], { check: "names" })),
    blocks,
    { verdict: "block", message: "blocked: raw.names.names: 3 > 0" },
  ],
  [
    "some are not due: wait, even where all that is due is well",
    { checks: [ok], looks: [], listed: games, due: ["g1", "g2"] },
    blocks,
    { verdict: "wait", message: "wait: 2 of 4 not due yet", expected_count: 2, actual_count: 2, completeness_pct: 100 },
  ],
  [
    "what is due fails and others are not due: block",
    { checks: [check("finding", [failed])], looks: [], listed: games, due: ["g1", "g2"] },
    blocks,
    { verdict: "block" },
  ],
  [
    "none is due: wait",
    { checks: [notDue], looks: [], listed: games, due: [] },
    blocks,
    { verdict: "wait", message: "wait: 4 of 4 not due yet", completeness_pct: 100 },
  ],
  [
    "nothing expected vetoes nothing: proceed",
    { checks: [nothingExpected], looks: [], listed: [], due: [] },
    blocks,
    { verdict: "proceed", message: "proceed: nothing vetoes", expected_count: 0, completeness_pct: 100, quality_score: 1 },
  ],
  [
    "a check that could not look: block",
    everything(ok, unknown),
    blocks,
    { verdict: "block", message: "blocked: raw.lines.games: table raw does not exist", quality_score: 0.5 },
  ],
  [
    "nothing could be looked at, not even the calendar: block, with no score",
    { checks: [check("unknown", [], { reason: "the calendar cannot be read" })], looks: [], listed: [], due: [] },
    blocks,
    { verdict: "block", message: "blocked: the calendar cannot be read", quality_score: 0 },
  ],
  [
    "a check that could not look, and on_unknown: proceed: proceed, with a warning",
    everything(ok, unknown),
    proceeds,
    { verdict: "proceed_with_warning" },
  ],
  [
    "the checks are well and the calendar cannot be read: block, since something may not be due yet",
    { checks: [ok], looks: [], listed: [], due: [], unreadable: "the calendar cannot be read: no such table" },
    blocks,
    { verdict: "block", message: "blocked: the calendar cannot be read: no such table", quality_score: 1 },
  ],
  [
    "the calendar cannot be read, and on_unknown: proceed: proceed, with a warning",
    { checks: [ok], looks: [], listed: [], due: [], unreadable: "the calendar cannot be read: no such table" },
    proceeds,
    { verdict: "proceed_with_warning", message: "proceed, with a warning: the calendar cannot be read: no such table" },
  ],
  ["on_unknown: proceed does not lift a veto", everything(check("finding", [failed]), unknown), proceeds, { verdict: "block" }],
  [
    "on_unknown: proceed does not make due what is not",
    { checks: [unknown], looks: [], listed: games, due: ["g1"] },
    proceeds,
    { verdict: "wait" },
  ],
])("%s", ([, facts, gate, expected]) => {
  expect(decideGate(facts, gate)).toMatchObject(expected);
});

test.for<[name: string, checks: readonly CheckResult[], expected: string, gate?: typeof blocks | typeof proceeds]>([
  [
    "the highest of the vetoing checks",
    [check("finding", [failed], { severity: "yellow" }), check("finding", [failed], { severity: "red" })],
    "red",
  ],
  [
    "not that of a check that is well",
    [check("finding", [failed], { severity: "yellow" }), check("ok", [good], { severity: "critical" })],
    "yellow",
  ],
  ["that of what could not look, which vetoes as well", [check("finding", [failed], { severity: "yellow" }), unknown], "critical"],
  ["that of what could not look, if nothing else vetoes", [check("ok", [good]), unknown], "critical"],
  [
    "not that of what could not look where on_unknown is proceed",
    [check("finding", [failed], { severity: "yellow" }), unknown],
    "yellow",
    proceeds,
  ],
])("the severity is %s", ([, checks, expected, gate = blocks]) => {
  expect(decideGate(everything(...checks), gate).severity).toBe(expected);
});

const lacks = (...ids: readonly string[]) => [{ withRow: new Set(games.filter((id) => !ids.includes(id))) }];

test.for<[name: string, facts: GateFacts, expected: Partial<GateVerdict>]>([
  [
    "missing ones, though no metric minds: proceed, and say how many are there",
    { ...everything(ok), looks: lacks("g4", "g2") },
    {
      verdict: "proceed",
      message: "proceed: 2 of 4 there, and nothing vetoes",
      missing_items: ["g2", "g4"],
      actual_count: 2,
      completeness_pct: 50,
    },
  ],
  [
    "a failing metric that names no missing one is told before them",
    { ...everything(check("finding", [failed])), looks: lacks("g4") },
    { message: "blocked: raw.boxscores.names: 3 > 0; 1 of 4 missing: g4" },
  ],
  [
    "a check that could not look: nobody is known to be there",
    { ...everything(unknown), looks: [{ withRow: undefined }] },
    { missing_items: [], actual_count: 0, completeness_pct: 0, message: "blocked: raw.lines.games: table raw does not exist" },
  ],
  [
    "many missing ones: twenty are named, the others counted, and all listed",
    {
      checks: [check("finding", [short])],
      listed: Array.from({ length: 60 }, (_, index) => `m${index}`),
      due: Array.from({ length: 60 }, (_, index) => `m${index}`),
      looks: [{ withRow: new Set() }],
    },
    { message: expect.stringMatching(/^blocked: 60 of 60 missing: m0, .* and 40 more$/) as string, actual_count: 0 },
  ],
  [
    "a warning before a failing metric: the failing one is the reason",
    everything(check("ok", [warned]), check("finding", [warned, failed])),
    {
      message: "blocked: raw.boxscores.names: 3 > 0",
      quality_issues: ["raw.boxscores.names: 3 > 0", expect.stringContaining("rows") as string],
    },
  ],
  [
    "a warning before what could not be looked at: that is the reason",
    everything(check("ok", [warned]), unknown),
    { message: "blocked: raw.lines.games: table raw does not exist" },
  ],
  [
    "a warning before a check whose calendar cannot be read: that is the reason",
    everything(check("ok", [warned]), check("unknown", [], { reason: "the calendar cannot be read: away" })),
    { message: "blocked: the calendar cannot be read: away" },
  ],
  [
    "another day that a check looks at is not all due: wait",
    { ...everything(ok), otherDays: [{ listed: ["h1", "h2"], due: ["h1"] }] },
    { verdict: "wait", message: "wait: 1 of 6 not due yet", expected_count: 4 },
  ],
])("%s", ([, facts, expected]) => {
  expect(decideGate(facts, blocks)).toMatchObject(expected);
});

test.for<[verdict: GateVerdict["verdict"], meaning: "block" | "warn", status: GateVerdict["verdict"], canProceed: boolean]>([
  ["proceed", "block", "proceed", true],
  ["proceed", "warn", "proceed", true],
  ["proceed_with_warning", "block", "proceed_with_warning", true],
  ["proceed_with_warning", "warn", "proceed_with_warning", true],
  ["wait", "block", "wait", false],
  ["wait", "warn", "wait", false],
  ["block", "block", "block", false],
  ["block", "warn", "proceed_with_warning", true],
])("the verdict %s to a consumer that means %s is %s, and may it proceed: %s", ([verdict, meaning, status, canProceed]) => {
  expect(statusFor(verdict, meaning)).toEqual({ status, canProceed });
});
