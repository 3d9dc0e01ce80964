import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testCommand, type TestOptions } from "./test-command.ts";

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "kintsugi stories "))));
afterAll(() => rmSync(folder, { recursive: true }));

const head = "name: a story\nconfig: { version: 1, pipeline: p, timezone: UTC }\nstart: 2026-02-05T14:00:00Z\nend: 1h\n";
const heal = "topic: healing, event: { type: healing.completed, healing_type: retry";

async function play(
  story: string,
  options: Partial<TestOptions> = {},
  beginning = head,
): Promise<{ code: number; said: string; trace: string }> {
  const file = join(folder, "story.yaml");
  writeFileSync(file, `${beginning}${story}`);
  const [said, trace]: [string[], string[]] = [[], []];
  const code = await testCommand([file], {
    json: false,
    trace: false,
    env: {},
    elapsed: () => 0,
    write: (line) => void said.push(line),
    progress: (line) => void trace.push(line),
    ...options,
  });
  return { code, said: said.join("\n"), trace: trace.join("\n") };
}

test.for<[name: string, story: string]>([
  [
    "a slow bus delays what a step sends, and the story goes on",
    `timeline:\n  - { at: +1m, fault: { port: bus, kind: slow, for: 10m } }\n  - { at: +2m, publish: { ${heal} } } }\n  - at: end\n    expect: { ledger: { healing.completed: 1 }, lost: 0 }`,
  ],
  [
    "an event sent again under its own id is the same one, whenever it comes",
    `timeline:\n  - { at: +1m, every: 5m, until: +21m, publish: { ${heal}, id: e1 } } }\n  - at: end\n    expect: { ledger: { healing.completed: 1 }, dead_letters: 0 }`,
  ],
  [
    "now works wherever a time stands, in a table's rows too",
    `given:\n  - { table: s.t, columns: { seen: TIMESTAMP }, rows: [[now-20m]] }\ntimeline:\n  - at: end\n    expect: { sql: { "select count(*) from s.t where seen = TIMESTAMP '2026-02-05 13:40:00'": 1 } }`,
  ],
])("%s", async ([, story]) => {
  expect(await play(story)).toMatchObject({ code: 0, said: expect.stringContaining("1 held, 0 failed") });
});

test.for<[name: string, story: string, said: RegExp]>([
  [
    "a file that is not there",
    "given:\n  - { table: t, columns: { a: VARCHAR }, csv: nope.csv }\n",
    /story\.yaml:6: .*No files found.*nope\.csv/,
  ],
  [
    "a wrong statement in an expectation",
    'timeline:\n  - at: end\n    expect: { sql: { "select nope": 1 } }',
    /story\.yaml:6: select nope: /,
  ],
  [
    "a topic that there is not, also while the bus is slow",
    'timeline:\n  - { at: +1m, fault: { port: bus, kind: slow, for: 9m } }\n  - { at: +2m, raw: { topic: heeling, data: "" } }',
    /story\.yaml:7:.*there is no topic heeling; there are runs, /,
  ],
  [
    "a function that there is not",
    "timeline:\n  - { at: +1m, skip: canari, for: 1m }",
    /story\.yaml:6: there is no function canari; there are /,
  ],
])("%s is the file's fault: 2, with its place", async ([, story, said]) => {
  expect(await play(story)).toMatchObject({ code: 2, said: expect.stringMatching(said) });
});

test("a mistake in the configuration inside a story has its place there", async () => {
  writeFileSync(join(folder, "inline.yaml"), head.replace("timezone: UTC", "timezone: UTC, gate: {}"));
  const lines: string[] = [];
  const silent = { json: false, trace: false, env: {}, elapsed: () => 0, progress: () => {} };
  expect(await testCommand([join(folder, "inline.yaml")], { ...silent, write: (line) => void lines.push(line) })).toBe(2);
  expect(lines.join("\n")).toMatch(/inline\.yaml:2:51: gate: gate is not known here/);
});

test("a JUnit file that cannot be written is 2, and says so beside what was found", async () => {
  expect(await play("", { junit: join(folder, "none", "x.xml") })).toMatchObject({
    code: 2,
    said: expect.stringContaining("1 held, 0 failed"),
    trace: expect.stringContaining("cannot be written"),
  });
});

test("a failure names the command that plays it again, as a shell takes it", async () => {
  const { code, said } = await play("timeline:\n  - at: end\n    expect: { posts: 1 }");
  expect(code).toBe(1);
  expect(said).toMatch(/again, with the trace: kintsugi test '.*kintsugi stories .*story\.yaml' --seeds 1 --chaos none --trace/);
});

test("the same file and the same seed give the same trace", async () => {
  const story = `chaos: storm\ntimeline:\n  - { at: +1m, raw: { topic: healing, data: "not json" } }\n  - { at: +2m, every: 1m, raw: { topic: healing, data: '{"type":"healing.completed","healing_type":"x"}' } }`;
  const traces = [await play(story, { trace: true }), await play(story, { trace: true })].map(({ trace }) => trace);
  expect(traces[0]!.split("\n").length).toBeGreaterThan(20);
  expect(traces[1]).toBe(traces[0]);
});

test("one function dies in the middle of its work and does it again, and no other dies with it", async () => {
  const patterns = `patterns: { often: { on: healing.completed, by: healing_type, count: ">= 1", within: 1h, severity: yellow } }`;
  const story = `timeline:
  - { at: +1m, fault: { port: documents, kind: slow, for: 5m } }
  - { at: +2m, publish: { ${heal}, target: t1 } } }
  - { at: 14:02:07, restart: pattern-detector }
  - { at: end, expect: { incidents: { "pattern:often:retry": { state: open, count: 1 } }, ledger: { healing.completed: 1 }, lost: 0 } }`;
  const { code, said, trace } = await play(story, { trace: true }, head.replace("timezone: UTC", `timezone: UTC, ${patterns}`));
  expect([code, said]).toEqual([0, expect.stringContaining("1 held")]);
  expect(trace).toContain("pattern-detector restarted");
  expect(trace).not.toContain("healing-tracker restarted");
});
