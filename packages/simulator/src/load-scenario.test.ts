import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadScenario, type Scenario, type ScenarioProblem } from "./load-scenario.ts";

const head = "name: a story\nconfig: ../kintsugi.yaml\nstart: 2026-02-05T14:00:00Z\nend: 2h\n";
const MARK = "▸";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scenario-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function load(text: string): Promise<{ scenario: Scenario } | { problems: readonly ScenarioProblem[] }> {
  const file = join(folder, "story.yaml");
  await writeFile(file, text);
  return await loadScenario(file);
}
async function scenarioOf(text: string): Promise<Scenario> {
  const loaded = await load(text);
  if ("problems" in loaded) throw new Error(JSON.stringify(loaded.problems));
  return loaded.scenario;
}
const at = (time: string): number => Date.parse(`2026-02-05T${time}Z`);

test.for<[name: string, text: string, message: RegExp]>([
  ["a time that is none", `${head}timeline:\n  - at: ▸tomorrow\n    run: drift\n`, /tomorrow is no time/],
  ["a time before the start", `${head}timeline:\n  - at: ▸13:59\n    run: drift\n`, /before the start/],
  ["a time after the end", `${head}timeline:\n  - at: ▸+3h\n    run: drift\n`, /after the end/],
  ["a period that is none", `${head}timeline:\n  - at: +5m\n    run: drift\n    every: ▸often\n`, /often is no duration/],
  ["a period of no time", `${head}timeline:\n  - at: +5m\n    run: drift\n    every: ▸0m\n`, /0m is no duration/],
  [
    "an end of repetition that is none",
    `${head}timeline:\n  - at: +5m\n    run: drift\n    every: 5m\n    until: ▸late\n`,
    /late is no time/,
  ],
  [
    "two acts in one step",
    `${head}timeline:\n  - ▸at: +5m\n    run: drift\n    sql: select 1\n`,
    /one step does one thing; here stand sql and run/,
  ],
  ["a step without an act", `${head}timeline:\n  - ▸at: +5m\n`, /a step does something/],
  ["a document without its collection", `${head}timeline:\n  - ▸at: +5m\n    document: batch_1\n    set: { a: 1 }\n`, /collection\/id/],
  ["a document to which nothing happens", `${head}timeline:\n  - ▸at: +5m\n    document: b/1\n`, /needs `set` or `delete: true`/],
  ["a table without columns", `${head}given:\n  - ▸table: sales\n`, /needs `columns`/],
  ["a skip without a time", `${head}timeline:\n  - ▸at: +5m\n    skip: drift\n`, /skip needs `for`/],
  [
    "an expectation that is no number",
    `${head}timeline:\n  - at: end\n    expect: { posts: ▸many }\n`,
    /neither a number nor a comparison/,
  ],
  [
    "a clock that is slow",
    `${head}timeline:\n  - { at: +5m, fault: { port: clock, kind: ▸slow, for: 5m } }\n`,
    /clock knows no slow; it knows ahead, back/,
  ],
  [
    "a write of what is only read",
    `${head}timeline:\n  - { at: +5m, fault: { port: history, kind: ▸ambiguous, for: 5m } }\n`,
    /history knows no ambiguous/,
  ],
  [
    "a store whose publishing fails",
    `${head}timeline:\n  - { at: +5m, fault: { port: documents, kind: ▸publish-fails-after-commit, for: 5m } }\n`,
    /documents knows no publish-fails/,
  ],
  [
    "a clock that is wrong by nothing",
    `${head}timeline:\n  - { at: +5m, fault: ▸{ port: clock, kind: ahead, for: 5m } }\n`,
    /fault.by: says how far the clock is ahead/,
  ],
  [
    "a port that is wrong by two days",
    `${head}timeline:\n  - { at: +5m, fault: { port: slack, kind: slow, for: 5m, by: ▸2d } }\n`,
    /fault.by: is for port clock alone/,
  ],
  [
    "a port of one function",
    `${head}timeline:\n  - { at: +5m, fault: { port: slack, kind: slow, for: 5m, function: ▸gate } }\n`,
    /fault.function: is for port clock alone/,
  ],
  [
    "a class of what is slow",
    `${head}timeline:\n  - { at: +5m, fault: { port: bus, kind: slow, for: 5m, class: ▸permanent } }\n`,
    /fault.class: is for kind publish-fails-after-commit alone/,
  ],
  ["a fault of no duration", `${head}timeline:\n  - { at: +5m, fault: { port: bus, kind: slow, for: ▸soon } }\n`, /soon is no duration/],
  [
    "a mode that ends twice",
    `${head}timeline:\n  - { at: +5m, mode: { set: off-season, until: +1h, for: ▸1h } }\n`,
    /until` a time or lasts `for/,
  ],
  ["a while for what takes none", `${head}timeline:\n  - { at: +5m, run: drift, for: ▸5m }\n`, /`for` is for skip and two_instances alone/],
  ["columns of a statement", `${head}timeline:\n  - { at: +5m, sql: select 1, columns: ▸{ a: DATE } }\n`, /`columns` is for table alone/],
  ["an end of what is not repeated", `${head}timeline:\n  - { at: +5m, run: drift, until: ▸+1h }\n`, /`until` is for a step with `every`/],
  ["an end that comes again", `${head}timeline:\n  - { at: end, run: drift, every: ▸5m }\n`, /done once/],
  ["two instances for ever", `${head}timeline:\n  - ▸at: +5m\n    two_instances: all\n`, /two_instances needs `for`/],
  ["a port that does not exist", `${head}timeline:\n  - at: +5m\n    fault: { port: ▸disk, kind: slow, for: 5m }\n`, /fault.port/],
  [
    "a button pressed about nothing",
    `${head}timeline:\n  - ▸at: +5m\n    slack: { action: acknowledge, user: U1 }\n`,
    /slack: acknowledge needs `incident`/,
  ],
  [
    "a heal applied to no target",
    `${head}timeline:\n  - ▸at: +5m\n    slack: { action: apply, healer: closing }\n`,
    /slack: apply needs `healer` and `target`/,
  ],
  [
    "a question for some entities only",
    `${head}timeline:\n  - at: +5m\n    gate: { gate: g, entities: ▸[a] }\n`,
    /gate\.entities: not supported yet/,
  ],
  ["an unknown chaos", `${head}chaos: ▸flood\n`, /chaos/],
  ["a seed below zero", `${head}seed: ▸-1\n`, /seed/],
  ["a start that is none", head.replace("start: 2026-02-05T14:00:00Z", "start: ▸today"), /today is no instant/],
  [
    "an end before the start",
    head.replace("end: 2h", "end: ▸2026-02-05T13:00:00Z"),
    /neither a duration such as 6h nor an instant after the start/,
  ],
  ["a tab", `${head}timeline:\n▸\t- at: +5m\n`, /Tab|tab/],
])("%s is refused with its line and column", async ([, marked, message]) => {
  const before = marked.slice(0, marked.indexOf(MARK)).split("\n");
  const loaded = await load(marked.replace(MARK, ""));
  expect(loaded).toMatchObject({
    problems: [{ file: join(folder, "story.yaml"), line: before.length, column: before.at(-1)!.length + 1 }],
  });
  expect("problems" in loaded && loaded.problems[0]!.message).toMatch(message);
});

test("all problems of the steps are reported at once", async () => {
  const loaded = await load(`${head}timeline:\n  - at: tomorrow\n    run: drift\n  - at: +5m\n  - at: 13:00\n    run: canary\n`);
  expect("problems" in loaded && loaded.problems.map(({ line }) => line)).toEqual([6, 8, 9]);
});

test("an alias without its anchor is a problem, not a crash", async () => {
  expect(await load(`${head}seed: *nope\n`)).toMatchObject({ problems: [{ message: expect.stringContaining("nope") }] });
});

test("a file that is not there is a problem, not a crash", async () => {
  expect(await loadScenario("/nowhere/story.yaml")).toEqual({
    problems: [{ file: "/nowhere/story.yaml", line: 1, column: 1, message: "cannot be read: is the path right?" }],
  });
});

test("what a file leaves out is seed 1, no chaos and nothing that happens", async () => {
  const { placeInConfig: _place, ...scenario } = await scenarioOf(head);
  expect(scenario).toEqual({
    file: join(folder, "story.yaml"),
    directory: folder,
    name: "a story",
    config: join(folder, "../kintsugi.yaml"),
    startMs: at("14:00:00"),
    endMs: at("16:00:00"),
    seed: 1,
    chaos: "none",
    given: [],
    steps: [],
    finale: [],
  });
});

test("a configuration may stand inside", async () => {
  const inline = head.replace("../kintsugi.yaml", "{ version: 1, pipeline: p, timezone: UTC }");
  expect((await scenarioOf(inline)).config).toEqual({ version: 1, pipeline: "p", timezone: "UTC" });
});

test("steps run by time, and in the file's order at one time; what stands at the end comes last", async () => {
  const { steps, finale } = await scenarioOf(
    `${head}timeline:
  - { at: end, run: reconcile }
  - { at: +20m, run: drift }
  - { at: 14:05, run: canary }
  - { at: +5m, run: cleanup }
`,
  );
  expect(steps.map(({ run, atMs, line }) => [run, atMs, line])).toEqual([
    ["canary", at("14:05:00"), 8],
    ["cleanup", at("14:05:00"), 9],
    ["drift", at("14:20:00"), 7],
  ]);
  expect(finale.map(({ run, atMs }) => [run, atMs])).toEqual([["reconcile", at("16:00:00")]]);
});

test.for<[name: string, until: string, times: readonly string[]]>([
  ["up to and including its end", "until: +20m", ["14:05:00", "14:10:00", "14:15:00", "14:20:00"]],
  ["not beyond its end", "until: +19m", ["14:05:00", "14:10:00", "14:15:00"]],
  ["not at all before it begins", "until: +4m", []],
])("a step is repeated %s", async ([, until, times]) => {
  const { steps } = await scenarioOf(`${head}timeline:\n  - { at: +5m, run: drift, every: 5m, ${until} }\n`);
  expect(steps.map(({ atMs }) => atMs)).toEqual(times.map(at));
});

test("a repetition without an end goes on until the story's end", async () => {
  const { steps } = await scenarioOf(`${head}timeline:\n  - { at: +30m, run: drift, every: 45m }\n`);
  expect(steps.map(({ atMs }) => atMs)).toEqual([at("14:30:00"), at("15:15:00"), at("16:00:00")]);
});
