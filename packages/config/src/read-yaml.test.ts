import { expect, test } from "vitest";
import { parseConfig } from "./load.ts";
import { readYaml } from "./read-yaml.ts";

const head = "version: 1\npipeline: shop\ntimezone: UTC\n";

test.for<[name: string, text: string, told: readonly string[]]>([
  [
    "a key twice, twice, and what else is wrong",
    "schedules: { drift: 7m }\nphases: {}\nphases: {}\nschedules: {}\nwacth: {}\n",
    ["schedules.drift", "phases", "schedules", "wacth"],
  ],
  ["two aliases without anchors", "calendar: *one\nhealers: *two\nwacth: {}\n", ["calendar", "healers", "wacth"]],
  ["an alias in a list", "phases: { a: { after: [*nope] }, b: { titel: x } }\n", ["phases.a.after.0", "phases.b.titel"]],
  [
    "an alias where something is needed",
    "healers: { h: { batches: *nope }, i: { batches: b, mood: x } }\n",
    ["healers.h.batches", "healers.i.mood"],
  ],
  ["an unknown tag", "calendar: !mine { table: plan }\n", ["", "calendar.day", "calendar.entity"]],
  ["an alias for a key", "phases: { *nope : {}, b: { titel: x } }\n", ["phases.*nope", "phases.b.titel"]],
  ["an alias for a key that cannot stand there", "*nope : {}\nwacth: {}\n", ["*nope", "wacth"]],
  ["a second document", "wacth: {}\n---\nversion: 1\n", ["wacth", ""]],
  [
    "a gate on a check in a phase that stands twice",
    'phases: { raw: {}, raw: { checks: { c: { table: t, metrics: { m: { count: "*", fail: "< 1" } } } } } }\ngates: { g: { before: raw, checks: [raw.c] } }\n',
    ["phases.raw"],
  ],
])("the rest of a file is judged beside %s", ([, text, told]) => {
  const loaded = parseConfig(head + text, { file: "kintsugi.yaml", env: {} });
  expect("problems" in loaded ? loaded.problems.map(({ path }) => path) : []).toEqual(told);
});

test.for<[name: string, text: string, message: string]>([
  ["a number and a text that are one key", "a: { 1: x, '1': y }", "1 stands twice: the first is on line 1"],
  ["a key that has no anchor", "? *nope\n: 1", "there is no anchor &nope before this alias"],
  ["an alias before its anchor", "a: *b\nb: &b 1", "there is no anchor &b before this alias"],
  ["an alias inside its own anchor", "a: &a [{ b: *a }]", "*a stands inside what it repeats"],
  ["a directive", "%MINE\n---\na: 1", "Unknown directive %MINE"],
])("told is %s", ([, text, message]) => {
  const { problems } = readYaml("kintsugi.yaml", text);
  expect(problems).toHaveLength(1);
  expect(problems[0]!.message).toContain(message);
});

test("what stands twice counts as it stands first, and is shown there", () => {
  const { source } = readYaml("kintsugi.yaml", "a: { b: 1 }\na: { b: 2 }\n");
  expect(source.written).toEqual({ a: { b: 1 } });
  expect(source.place(["a", "b"])).toEqual({ line: 1, column: 9 });
});

test("what is no YAML from some line on is not told for each line", () => {
  expect(readYaml("kintsugi.yaml", `a: ${"[".repeat(500)}`).problems).toHaveLength(20);
});
