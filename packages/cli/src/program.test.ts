import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Typed, typeCommand } from "./type-command.ts";

const NOW = Date.parse("2026-02-05T14:00:00Z");
let folder: string;
/** Without a configuration, here or above. */
let elsewhere: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kintsugi-cli-"));
  elsewhere = mkdtempSync(join(tmpdir(), "kintsugi-elsewhere-"));
});
afterAll(() => [folder, elsewhere].forEach((each) => rmSync(each, { recursive: true })));

/** Types a command in the folder. */
function type(words: readonly string[], given: { now?: number; input?: string; directory?: string } = {}): Promise<Typed> {
  return typeCommand(words, { directory: folder, now: NOW, ...given });
}

async function answer(words: readonly string[], given: { now?: number; input?: string } = {}): Promise<Record<string, unknown>> {
  const { out } = await type([...words, "--json"], given);
  expect(out.trimEnd().split("\n"), "one document on one line").toHaveLength(1);
  return JSON.parse(out) as Record<string, unknown>;
}

const VERBS = [
  "run",
  "test",
  "config",
  "config check",
  "status",
  "why",
  "analyze",
  "sql",
  "publish",
  "doc",
  "doc get",
  "doc set",
  "doc list",
  "doc delete",
  "ack",
  "silence",
  "close",
  "pause",
  "resume",
  "mode",
  "waive",
  "heal",
  "heal list",
  "heal apply",
  "heal release",
  "gate",
  "gate ask",
  "gate override",
  "dead-letters",
  "dead-letters list",
  "dead-letters show",
  "dead-letters replay",
  "dead-letters drop",
  "demo",
] as const;

describe("help", () => {
  test.for(VERBS)("%s --help says how it is used, with an example", async (words) => {
    const { code, out } = await type([...words.split(" "), "--help"]);
    expect(code).toBe("commander.helpDisplayed");
    expect(out).toContain(`Usage: kintsugi ${words}`);
    expect((await exampleOf(words)).join(" ").startsWith(`kintsugi ${words}`)).toBe(true);
  });

  test.for(VERBS.filter((words) => words !== "demo"))("the example of %s is understood when it is pasted", async (words) => {
    const { code } = await type((await exampleOf(words)).slice(1), { directory: elsewhere });
    expect(code, "the verb ran, as far as missing its files").toBeTypeOf("number");
  });

  /** The words after the last pipe. */
  async function exampleOf(words: string): Promise<readonly string[]> {
    const { out } = await type([...words.split(" "), "--help"]);
    const example = /\nExample:\n {2}(.+)\n/.exec(out)?.[1]?.split(" | ").at(-1) ?? "";
    return (example.match(/'[^']*'|"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^(['"])(.*)\1$/, "$2"));
  }
});

describe("what is typed wrong", () => {
  test.for<[words: string, code: string, said: string]>([
    ["stauts", "commander.unknownCommand", "Did you mean status?"],
    ["config chek", "commander.unknownCommand", "Did you mean check?"],
    ["status --jsno", "commander.unknownOption", "Did you mean --json?"],
    ["status now", "commander.excessArguments", "too many arguments"],
    ["why", "commander.missingArgument", "missing required argument 'id'"],
  ])("%s is refused and says what was meant or missing", async ([words, code, said]) => {
    const typed = await type(words.split(" "));
    expect(typed.code).toBe(code);
    expect(typed.said).toContain(said);
    expect(typed.out).toBe("");
  });

  test.for<[words: string, said: string]>([
    ["publish healin -", "there are runs, drift, canary, gate, healing, alerts, operator, delivery, dead-letter"],
    ["publish healing nowhere.json", "nowhere.json cannot be read"],
    ["publish healing -", "the input is empty"],
    ["run --port x", "--port x is no port: 0 to 65535"],
    ["run drift", "give --once"],
    ["run --once nobody", "there are cleanup, healing-tracker, pattern-detector"],
    ["analyze --since yesterday", "a duration such as 7d"],
    ["sql --dialect oracle", "neither bigquery nor duckdb"],
    ["test x.yaml --chaos gremlins", "none, redeliver, reorder, crash, storm"],
    ["demo --pace walking", "slow, normal, fast, none"],
    ["demo --scene finale", "quiet, drift, gate, healing"],
    ["doc get batch", "COLLECTION/ID"],
    ["doc set things/a [1]", "is no JSON object"],
    ["doc set kintsugi_seen/a {}", "can be read, not written"],
    ["doc delete kintsugi_seen/a", "can be read, not written"],
    ["check --help", "is not there yet"],
    ["analyze --since 1h --until 2h", "--since 1h is not before --until 2h: swap them"],
    ["mode holiday --reason x", "there is no mode holiday; there are normal, off-season, maintenance"],
    ["mode of-season --reason x", "did you mean off-season?"],
    ["ack canary:raw.hours", 'ack needs a reason: give --reason "why"'],
    ["silence canary:raw.hours --reason x", "silence needs an end: give --until 4h"],
    ["silence canary:raw.hours --reason x --until soon", "--until soon is neither a duration such as 4h nor a time"],
    ["silence canary:raw.hours --reason x --until 2026-02-05T13:00", "is over already"],
    ["ack canary:raw.hours --reason x", "there is no open incident canary:raw.hours; nothing is open"],
    ["close canary:raw.hours --day 2026-02-04 --reason x", "canary:raw.hours has no bad days"],
    ["pause batch_claenup --reason x", "did you mean batch_cleanup?"],
    ["resume nobody --reason x", "there is no healer nobody; there are batch_cleanup"],
    ["pause", "pause needs a reason"],
    ["pause --reason x --actor \t", "is no name"],
    ["waive raw-to-load g1 --reason x", "the configuration names none under gates"],
    ["gate override raw-to-load --reason x", "gate override needs an end"],
    ["gate ask raw-to-load", "there is no gate raw-to-load"],
    ["heal apply x --reason y", "no healer remembers x; see kintsugi heal list"],
    ["heal release x", "heal release needs a reason"],
    ["dead-letters show x", "there is no dead letter x"],
    ["dead-letters drop x", "dead-letters drop needs a reason"],
    ["dead-letters replay x --reason y", "there is no dead letter x"],
  ])("%s is 2 and names what would be right", async ([words, said]) => {
    writeFileSync(join(folder, "kintsugi.yaml"), CONFIG);
    const typed = await type(words.split(" "));
    expect(typed).toMatchObject({ code: 2, out: "" });
    expect(typed.said).toContain(said);
    expect(typed.said.trimEnd().split("\n"), "one line").toHaveLength(1);
  });

  test.for<[words: string]>([["run"], ["status"], ["why x"], ["analyze"], ["sql"], ["doc list things"], ["publish healing -"]])(
    "%s without a configuration is 2 and says how to give one",
    async ([words]) => {
      const { code, said } = await type(words.split(" "), { directory: elsewhere, input: "{}" });
      expect([code, said]).toEqual([2, "there is no kintsugi.yaml here or above: give one with --config FILE, or try `npm start` first\n"]);
    },
  );
});

const CONFIG = `version: 1
pipeline: typed
timezone: UTC
healers:
  batch_cleanup: { batches: prediction_batches }
patterns:
  broken: { on: healing.completed, by: healing_type, failure_rate: "> 20%", min_events: 5, within: 24h, severity: critical }
`;

function heal(id: string, more: object = {}): string {
  return JSON.stringify({ type: "healing.completed", healing_type: "retry", id, time: "2026-02-05T13:30:00Z", ...more });
}

describe("in an installation of its own", () => {
  beforeEach(() => {
    rmSync(join(folder, ".kintsugi"), { recursive: true, force: true });
    writeFileSync(join(folder, "kintsugi.yaml"), CONFIG);
  });

  test("nobody is silent where no host has ever run: status is 0, also long after a run by hand", async () => {
    const quiet = { code: 0, out: expect.not.stringContaining("SILENT") as string };
    expect(await type(["status"])).toMatchObject(quiet);
    expect((await type(["run", "--once"])).code).toBe(0);
    expect(await type(["status"])).toMatchObject(quiet);
    expect(await type(["status"], { now: NOW + 48 * 3_600_000 })).toMatchObject(quiet);
  });

  test("status --json says for each function when it ran, and what is open, dead and pending", async () => {
    await type(["run", "--once", "cleanup"]);
    await type(["publish", "healing", "-"], { input: heal("a") });
    const { functions, ...rest } = await answer(["status"]);
    expect((functions as object[])[0]).toEqual({
      name: "cleanup",
      last_run: "2026-02-05T14:00:00.000Z",
      last_success: "2026-02-05T14:00:00.000Z",
      verdict: "ok",
      silent: false,
    });
    expect(functions).toContainEqual({
      name: "pattern-detector",
      last_run: null,
      last_success: null,
      verdict: null,
      silent: expect.any(Boolean) as boolean,
    });
    expect(rest).toEqual({
      incidents: [],
      holes: [],
      mode: { mode: "normal", until: null, reason: null, actor: null },
      pauses: [],
      warnings: [],
      dead_letters: 0,
      pending: { "healing-tracker": 1, "pattern-detector": 1 },
    });
  });

  test("run --once delivers what waits, prints the verdicts, and is 1 with an incident open; status is 1 while it is critical", async () => {
    const events = [1, 2, 3, 4, 5].map((number) => heal(`h${number}`, { outcome: "ineffective" }));
    await type(["publish", "healing", "-"], { input: events.join("\n") });
    const { code, out } = await type(["run", "--once", "--json"]);
    expect(code).toBe(1);
    const { runs, incidents } = JSON.parse(out) as { runs: object[]; incidents: object[] };
    expect(runs.map((run) => (run as { function: string }).function)).toEqual([
      "cleanup",
      "healing-tracker",
      "pattern-detector",
      "slack-notifier",
    ]);
    expect(runs[0]).toMatchObject({ function: "cleanup", verdict: "ok" });
    expect(incidents).toMatchObject([
      { key: "pattern:broken:retry", severity: "critical", state: "open", opened: "2026-02-05T13:30:00.000Z", root: null },
    ]);
    const seen = await type(["status"]);
    expect(seen.code).toBe(1);
    expect(seen.out).toContain("waiting: nothing; dead letters: 0");
  });

  test("publish stores one event, or one per line, and tells each message's id", async () => {
    expect((await type(["publish", "healing", "-"], { input: JSON.stringify({ type: "healing.completed" }, null, 2) })).out).toBe(
      "1 event stored on topic healing\n",
    );
    writeFileSync(join(folder, "events.jsonl"), `${heal("a")}\n\n${heal("b")}\n`);
    const { out } = await type(["publish", "healing", "events.jsonl", "--json"]);
    const ids = out
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { messageId: string }).messageId);
    expect(new Set(ids).size).toBe(2);
  });

  test("an event that cannot be read waits for no second try: it is a dead letter", async () => {
    await type(["publish", "healing", "-"], { input: "not json" });
    await type(["run", "--once"]);
    expect(await answer(["status"])).toMatchObject({ dead_letters: 1, pending: {} });
  });

  test("analyze counts acts by type and causes, says what to fix first, and takes a span", async () => {
    const out = { cause: { code: "player_injury_out" } };
    const events = [
      heal("a", out),
      heal("b", out),
      heal("c", out),
      heal("d", { outcome: "ineffective" }),
      heal("e", { outcome: "refused" }),
    ];
    await type(["publish", "healing", "-"], { input: events.join("\n") });
    await type(["run", "--once"]);
    const found = await answer(["analyze", "--since", "1h"]);
    expect(found).toMatchObject({
      since: "2026-02-05T13:00:00.000Z",
      total: 5,
      by_type: [
        { healing_type: "retry", events: 5, effective: 3, ineffective: 1, refused: 1, errored: 0, inconclusive: 0, success_rate: 0.75 },
      ],
    });
    expect((found["causes"] as object[])[0]).toEqual({
      cause: "player_injury_out",
      count: 3,
      share: 0.6,
      first_seen: expect.stringContaining("2026-02-05") as string,
      last_seen: expect.stringContaining("2026-02-05") as string,
    });
    expect((found["recommendations"] as { text: string }[])[0]!.text).toContain("player_injury_out");
    expect((found["recommendations"] as { text: string }[])[1]!.text).toBe(
      "name causes where repairs are told: 40 % of the repairs have none",
    );
    expect(await answer(["analyze", "--until", "2026-02-05T13:00:00Z"])).toMatchObject({ total: 0, by_type: [], causes: [] });
  });

  test("analyze of nothing at all says that nothing was recorded", async () => {
    const { out } = await type(["analyze"]);
    expect(out).toContain("no repairs");
    expect(out).toContain("no recording, not good health");
  });

  test("why tells the story of a heal by its id and by its target; of an unknown id it says where ids stand, and is 1", async () => {
    await type(["publish", "healing", "-"], {
      input: heal("a", { target: "batch-7", trigger_reason: "119 of 136", action_taken: "closed" }),
    });
    await type(["run", "--once"]);
    for (const id of ["a", "batch-7"]) {
      const { code, out } = await type(["why", id]);
      expect(code).toBe(0);
      expect(out).toContain("retry on batch-7: effective");
      expect(out).toContain("because 119 of 136");
    }
    expect(await answer(["why", "a"])).toMatchObject({ id: "a", story: [{ time: "2026-02-05T13:30:00.000Z", type: "healing.completed" }] });
    expect(await type(["why", "nobody"])).toMatchObject({
      code: 1,
      out: "",
      said: expect.stringContaining("kintsugi status --json") as string,
    });
    expect(await answer(["why", "nobody"])).toEqual({ id: "nobody", story: [] });
  });

  test("documents are set, merged, listed, read and deleted; one that is not there is 1", async () => {
    await type(["doc", "set", "things/a", '{"x":1}']);
    expect(await answer(["doc", "set", "things/a", '{"y":2}'])).toEqual({ path: "things/a" });
    expect(await answer(["doc", "get", "things/a"])).toEqual({ x: 1, y: 2 });
    expect(await answer(["doc", "list", "things"])).toEqual({ documents: [{ id: "a", data: { x: 1, y: 2 } }] });
    expect((await type(["doc", "delete", "things/a"])).out).toBe("things/a deleted\n");
    expect(await type(["doc", "get", "things/a"])).toEqual({ code: 1, out: "", said: "there is no document things/a\n" });
    expect((await type(["doc", "get", "things/a", "--json"])).out).toBe("null\n");
  });

  test("sql --json gives our tables in BigQuery's form, and every statement with its name and parameters", async () => {
    const { dialect, tables, statements } = await answer(["sql", "--dialect", "bigquery"]);
    expect(dialect).toBe("bigquery");
    expect((tables as { name: string }[]).map(({ name }) => name)).toContain("kintsugi.healing_events");
    expect((tables as { schema: object[] }[])[0]!.schema[0]).toMatchObject({ name: "event_key", type: "STRING", mode: "REQUIRED" });
    for (const statement of statements as object[])
      expect(statement).toEqual({
        name: expect.any(String) as string,
        sql: expect.any(String) as string,
        parameters: expect.anything() as unknown,
      });
  });

  test("config check names every problem's place at once, with what was allowed and what was meant", async () => {
    expect(await type(["config", "check"])).toEqual({ code: 0, out: "kintsugi.yaml: right\n", said: "" });
    writeFileSync(join(folder, "wrong.yaml"), "version: 1\npipeline: x\ntimezone: UTC\nhealer: {}\nschedules: { drif: 2h }\n");
    const typed = await type(["config", "check", "wrong.yaml"]);
    expect(typed.code).toBe(2);
    expect(typed.out).toMatch(/^wrong\.yaml:4:1: .*did you mean healers\?\nwrong\.yaml:5:14: .*did you mean drift\?\n$/);
    expect(await answer(["config", "check", "--config", "wrong.yaml"])).toMatchObject({
      problems: [
        { file: "wrong.yaml", line: 4, column: 1, path: "healer", nearest: "healers" },
        { file: "wrong.yaml", line: 5, column: 14, path: "schedules.drif", nearest: "drift" },
      ],
    });
  });

  test("a column that is not in its table is told by config check and at start, and keeps nothing else from being looked at", async () => {
    await type(["run", "--once"]);
    copyFileSync(join(folder, ".kintsugi/ledger.duckdb"), join(folder, "w.duckdb"));
    const checks = 'acts: { table: kintsugi.healing_events, metrics: { gone: { null_count: heeling_type, fail: "> 0" } } }';
    writeFileSync(
      join(folder, "columns.yaml"),
      `version: 1\npipeline: x\ntimezone: UTC\nwarehouse: { duckdb: w.duckdb }\nphases: { raw: { checks: { ${checks} } } }\n`,
    );
    const told = /columns\.yaml:5:99: \S+: heeling_type is no column of kintsugi\.healing_events .*; did you mean healing_type\?\n$/;
    const checked = await type(["config", "check", "columns.yaml"]);
    expect(checked).toMatchObject({ code: 2, said: "", out: expect.stringMatching(told) as string });
    const started = await type(["run", "--once", "--config", "columns.yaml"]);
    expect(started.code).toBe(1);
    expect(started.said).toMatch(/WARNING.*columns\.yaml:5:99: .*heeling_type is no column of kintsugi\.healing_events/);
    expect(started.out).toMatch(/canary +unknown .*heeling_type[^]*healing-tracker +ok/);
  });
});
