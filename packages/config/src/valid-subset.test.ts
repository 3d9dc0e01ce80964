import { expect, test } from "vitest";
import { parseConfig } from "./load.ts";

const head = "version: 1\npipeline: shop\ntimezone: UTC\n";
const metric = 'm: { count: "*", fail: "< 1" }';

function found(text: string): readonly string[] {
  const loaded = parseConfig(head + text, { file: "/shop/kintsugi.yaml", env: {} });
  return "problems" in loaded ? loaded.problems.map(({ path, message }) => `${path}: ${message}`) : [];
}

test.for<[name: string, text: string, paths: readonly string[]]>([
  [
    "a phase's faults beside a misspelt key of the calendar",
    `calendar: { table: plan, day: day, entity: shop, strats: x }
phases: { a: { after: [b] }, raw: { checks: { c: { table: t, metrics: { m: { sum: x, fail: "outside 2 .. 1" } } } } } }
`,
    ["calendar.strats", "phases.a.after.0", "phases.raw.checks.c.metrics.m.fail"],
  ],
  [
    "a gate's faults beside a misspelt key of a phase",
    `phases: { raw: { titel: x } }\ngates: { g: { before: rwa, checks: [raw.nope, nope] } }\n`,
    ["phases.raw.titel", "gates.g.before", "gates.g.checks.0", "gates.g.checks.1"],
  ],
  [
    "a circle beside an unknown key",
    "phases: { a: { after: [b], titel: x }, b: { after: [a] } }\n",
    ["phases.a", "phases.a.titel", "phases.b"],
  ],
  [
    "a reason of both kinds beside an unknown key",
    "healers: { h: { batches: b, batchs: c, reasons: { permanent: [x], transient: [x], other: [y] } } }\n",
    ["healers.h.batchs", "healers.h.reasons.transient.0", "healers.h.reasons.other"],
  ],
  [
    "a table and a statement beside an unknown key",
    `phases: { raw: { checks: { c: { table: t, sql: select 1 as m, colour: red, metrics: { m: { fail: "< 1" } } } } } }\n`,
    ["phases.raw.checks.c", "phases.raw.checks.c.colour"],
  ],
  [
    "two aggregates beside an unknown key",
    `phases: { raw: { checks: { c: { table: t, metrics: { m: { count: "*", sum: x, fail: "< 1", cuont: y } } } } } }\n`,
    ["phases.raw.checks.c.metrics.m", "phases.raw.checks.c.metrics.m.cuont"],
  ],
  [
    "no condition beside an unknown key",
    `phases: { raw: { checks: { c: { table: t, metrics: { m: { count: "*", colour: red } } } } } }\n`,
    ["phases.raw.checks.c.metrics.m", "phases.raw.checks.c.metrics.m.colour"],
  ],
  [
    "a pattern without a rule beside an unknown key",
    "patterns: { p: { on: healing.completed, by: target, within: 1h, severity: red, colour: red } }\n",
    ["patterns.p", "patterns.p.colour"],
  ],
  [
    "no business day beside a calendar that is wrong",
    `calendar: 5\nphases: { raw: { checks: { c: { table: t, metrics: { m: { count: "*", fail: "< expected" } } } } } }\n`,
    ["calendar", "phases.raw.checks.c.metrics.m.fail"],
  ],
  [
    "a gate on nothing beside a check that is wrong",
    `phases: { raw: { checks: { c: { table: t } } } }\ngates: { g: { before: raw, checks: [raw.c, raw.d] } }\n`,
    ["phases.raw.checks.c.metrics", "gates.g.checks.1"],
  ],
  [
    "a day rule without its day beside metrics that are missing",
    `phases: { raw: { checks: { c: { table: t, on: today } } } }\n`,
    ["phases.raw.checks.c.metrics", "phases.raw.checks.c.on"],
  ],
  [
    "a gate's phase beside a check that is a number",
    `phases: { raw: {} }\ngates: { g: { before: rwa, checks: [raw.c, 5] } }\n`,
    ["gates.g.before", "gates.g.checks.1"],
  ],
  [
    "due times without starts beside an entity that is missing",
    "calendar: { table: plan, day: day, due_after: 1h }\n",
    ["calendar.entity", "calendar.due_after"],
  ],
  [
    "a pattern's condition beside a severity that is missing",
    'patterns: { p: { on: healing.completed, by: target, within: 1h, count: ">= 0" } }\n',
    ["patterns.p.severity", "patterns.p.count"],
  ],
  [
    "a circle that is written out beside a phase that is wrong",
    "phases: { a: { after: [b] }, b: { after: [a] }, c: 5 }\n",
    ["phases.a", "phases.b", "phases.c"],
  ],
])("a fault hides no other: %s", ([, text, paths]) => {
  expect(found(text).map((problem) => problem.split(": ")[0])).toEqual(paths);
});

test.for<[name: string, text: string, paths: readonly string[]]>([
  [
    "what is expected, by a calendar that is misspelt",
    `calender: { table: plan, day: day, entity: shop }
phases: { raw: { checks: { c: { table: t, day: d, metrics: { m: { count: "*", fail: "< expected" } } } } } }
`,
    ["calender"],
  ],
  [
    "a day rule, by a day that is misspelt",
    `phases: { raw: { checks: { c: { table: t, dya: d, on: today, metrics: { ${metric} } } } } }\n`,
    ["phases.raw.checks.c.dya"],
  ],
  [
    "a check, by a table that is a number",
    `phases: { raw: { checks: { c: { table: 5, metrics: { ${metric} } } } } }\n`,
    ["phases.raw.checks.c.table"],
  ],
  [
    "a metric, by a statement that is a number",
    `phases: { raw: { checks: { c: { sql: 5, metrics: { m: { fail: "< 1" } } } } } }\n`,
    ["phases.raw.checks.c.sql"],
  ],
  [
    "a gate's checks, by `checks` that is misspelt",
    `phases: { raw: { check: { c: { table: t, metrics: { ${metric} } } } } }\ngates: { g: { before: raw, checks: [raw.c] } }\n`,
    ["phases.raw.check"],
  ],
  ["a gate, by phases of the wrong type", "phases: []\ngates: { g: { before: raw, checks: [raw.c] } }\n", ["phases"]],
  [
    "a gate on a check whose name has dots",
    `phases: { raw: { checks: { c.d: { table: t } } } }\ngates: { g: { before: raw, checks: [raw.c.d] } }\n`,
    ["phases.raw.checks.c.d.metrics"],
  ],
  [
    "a check without metrics, by metrics of bad names",
    `phases: { raw: { checks: { c: { table: t, metrics: { m n: { count: "*", fail: "< 1" } } } } } }\n`,
    ["phases.raw.checks.c.metrics.m n"],
  ],
  ["a circle, by an order that is not known", "phases: { a: { after: [b] }, b: { after: 5 } }\n", ["phases.b.after"]],
  ["a circle, by a phase that is not known", "phases: { a: { after: [c] }, b: 5, c: {} }\n", ["phases.b"]],
  ["a circle, by a phase after none", "phases: { a: { after: [x] }, b: {} }\n", ["phases.a.after.0"]],
  [
    "a minimum of events, by a rate that is no condition",
    "patterns: { p: { on: healing.completed, by: target, within: 1h, severity: red, failure_rate: often, min_events: 5 } }\n",
    ["patterns.p.failure_rate"],
  ],
  [
    "due times, by starts that are a number",
    "calendar: { table: plan, day: day, entity: shop, starts: 5, due_after: 1h }\n",
    ["calendar.starts"],
  ],
  [
    "a rate that is not set",
    'patterns: { p: { on: healing.completed, by: target, within: 1h, severity: red, count: "${N}" } }\n',
    ["patterns.p.count"],
  ],
])("a fault makes no second one appear: %s", ([, text, paths]) => {
  expect(found(text).map((problem) => problem.split(": ")[0])).toEqual(paths);
});
