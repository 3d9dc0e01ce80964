/** The operator's tool as it is installed: its process, its exit codes, its signals. What the verbs answer is proved beside their source. */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "./support/free-port.ts";

const BINARY = join(import.meta.dirname, "..", "bin", "kintsugi.mjs");
const ESCAPE = "\u001B";
const CONFIG = "version: 1\npipeline: typed\ntimezone: UTC\nhealers:\n  batch_cleanup: { batches: prediction_batches }\n";
let folder: string;

beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "kintsugi-binary-"))));
afterAll(() => rmSync(folder, { recursive: true }));

type Ended = { readonly code: number | null; readonly out: string; readonly said: string };
type Started = { readonly child: ChildProcess; readonly ended: Promise<Ended>; says(what: RegExp): Promise<RegExpExecArray> };

/** In a process group of its own, so that it can be stopped as a terminal does. */
function start(directory: string, words: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
  const child = spawn(process.execPath, [BINARY, ...words], {
    cwd: directory,
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const code = new Promise<number | null>((resolve) => void child.once("exit", resolve));
  const ended = Promise.all([code, text(child.stdout), text(child.stderr)]).then(([code, out, said]) => ({ code, out, said }));
  return {
    child,
    ended,
    says(what) {
      let heard = "";
      return new Promise((resolve, reject) => {
        child.stdout.on("data", (chunk: Buffer) => {
          const match = what.exec((heard += chunk.toString()));
          if (match !== null) resolve(match);
        });
        void ended.then(({ code, said }) => reject(new Error(`ended with ${code}: ${heard}${said}`)));
      });
    },
  };
}

async function type(directory: string, words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return await start(directory, words, env).ended;
}

function pressCtrlC({ child }: Started): void {
  process.kill(-child.pid!, "SIGINT");
}

function installation(name: string, config = CONFIG): string {
  const directory = join(folder, name);
  mkdirSync(directory);
  writeFileSync(join(directory, "kintsugi.yaml"), config);
  return directory;
}

test("what was typed wrong is 2: what was meant stands on stderr, and nothing on stdout", async () => {
  expect(await type(folder, ["stauts"])).toMatchObject({
    code: 2,
    out: "",
    said: expect.stringContaining("Did you mean status?") as string,
  });
});

test("help and the version are answers: 0, on stdout", async () => {
  expect(await type(folder, ["--version"])).toMatchObject({ code: 0, said: "", out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string });
  expect(await type(folder, ["run", "--help"])).toMatchObject({ code: 0, said: "", out: expect.stringContaining("--once") as string });
});

test("a defect of ours is 3, and says what to report", async () => {
  const broken = "--import=data:text/javascript,JSON.stringify=()=>{throw(new(TypeError)('gone'))}";
  const { code, said } = await type(installation("defect"), ["sql", "--json"], { NODE_OPTIONS: broken });
  expect(code).toBe(3);
  expect(said).toMatch(/a defect of kintsugi: TypeError: gone[\s\S]*please report it with the command that you typed/);
});

test.for<[name: string, config: string, prepare: (directory: string) => void, said: RegExp]>([
  [
    "a database that cannot be read",
    CONFIG,
    (directory) => {
      mkdirSync(join(directory, ".kintsugi"));
      writeFileSync(join(directory, ".kintsugi", "kintsugi.db"), "no database, however long one reads in it");
    },
    /kintsugi\.db cannot be opened as a database .*: move it away to start anew, or restore it/,
  ],
  [
    "a ledger that cannot be read",
    CONFIG,
    (directory) => {
      mkdirSync(join(directory, ".kintsugi"));
      writeFileSync(join(directory, ".kintsugi", "ledger.duckdb"), "no ledger ".repeat(1_000));
    },
    /ledger\.duckdb cannot be opened .*: close it in the process that holds it, or restore it/,
  ],
  [
    "a warehouse that is no database",
    `${CONFIG}warehouse: { duckdb: w.duckdb }\n`,
    (directory) => writeFileSync(join(directory, "w.duckdb"), "no warehouse ".repeat(1_000)),
    /w\.duckdb cannot be read .*: check warehouse\.duckdb in .*kintsugi\.yaml/,
  ],
  [
    "a warehouse that is not there",
    `${CONFIG}warehouse: { duckdb: w.duckdb }\n`,
    () => {},
    /w\.duckdb does not exist: check warehouse\.duckdb in .*kintsugi\.yaml/,
  ],
  [
    "a folder that is a file",
    CONFIG,
    (directory) => writeFileSync(join(directory, ".kintsugi"), ""),
    /\.kintsugi cannot be made .*: check runtime\.local/,
  ],
  ["a mistake in the configuration", `${CONFIG}healer: {}\n`, () => {}, /kintsugi\.yaml:6:1: .*did you mean healers\?/],
])("%s is 2 before anything starts: one line with the remedy", async ([name, config, prepare, said]) => {
  const directory = installation(name.replaceAll(" ", "-"), config);
  prepare(directory);
  const ended = await type(directory, ["run", "--port", "0"]);
  expect(ended).toMatchObject({ code: 2, out: "" });
  expect(ended.said).toMatch(said);
  expect(ended.said.trimEnd().split("\n")).toHaveLength(1);
});

test("a port in use is 2 and names the way round it", async () => {
  const port = await freePort();
  const other = createServer();
  await new Promise<void>((resolve) => void other.listen(port, "127.0.0.1", resolve));
  const ended = await type(installation("port"), ["run", "--port", String(port)]);
  other.close();
  expect(ended).toMatchObject({ code: 2, out: "" });
  expect(ended.said).toMatch(new RegExp(`^port ${port} cannot be used .*--port 0 for a free one\n$`));
});

test("without a terminal nothing is coloured, whatever the environment asks for", async () => {
  const directory = installation("plain");
  for (const words of [["stauts"], ["run", "--once"], ["status"]]) {
    const { out, said } = await type(directory, words, { FORCE_COLOR: "1", COLORTERM: "truecolor" });
    expect(`${out}${said}`).not.toContain(ESCAPE);
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
  }
});

test("while a host runs, the verbs ask it; Ctrl-C stops it with 130, nothing is lost, and it starts again", async () => {
  const directory = installation("host");
  const host = start(directory, ["run", "--port", "0"]);
  const [, url] = await host.says(/^listening on (http:\/\/127\.0\.0\.1:\d+)\n/);
  expect((await fetch(`${url}/status`)).status, "the token is made once and wanted").toBe(401);

  writeFileSync(join(directory, "event.json"), JSON.stringify({ type: "healing.completed", healing_type: "retry" }));
  expect(await type(directory, ["publish", "healing", "event.json"])).toMatchObject({ code: 0, out: "1 event stored on topic healing\n" });
  expect((await type(directory, ["doc", "set", "things/a", '{"x":1}'])).code).toBe(0);
  expect((await type(directory, ["doc", "get", "things/a", "--json"])).out).toBe('{"x":1}\n');
  expect(JSON.parse((await type(directory, ["status", "--json"])).out)).toMatchObject({ incidents: [], dead_letters: 0 });
  pressCtrlC(host);
  expect((await host.ended).code).toBe(130);

  const again = start(directory, ["run", "--port", "0"]);
  await again.says(/listening/);
  expect(JSON.parse((await type(directory, ["analyze", "--json"])).out)).toMatchObject({ total: 1 });
  pressCtrlC(again);
  expect((await again.ended).code).toBe(130);
});

test("what an operator says through the host is acted on at once; what it refuses, or what is mistyped, is 2 with the reason", async () => {
  const directory = installation("operator");
  const host = start(directory, ["run", "--port", "0"]);
  await host.says(/listening/);
  const reason = ["--reason", "a migration"];
  expect(await type(directory, ["pause", "batch_cleanup", ...reason, "--actor", "ann"])).toEqual({
    code: 0,
    out: "paused batch_cleanup\n",
    said: "",
  });
  expect(await type(directory, ["mode", "maintenance", "--until", "2h", ...reason])).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^mode maintenance until \d{4}-\d\d-\d\d \d\d:\d\dZ\n$/) as string,
  });
  expect(JSON.parse((await type(directory, ["status", "--json"])).out)).toMatchObject({
    mode: { mode: "maintenance", reason: "a migration" },
    pauses: [{ healer: "batch_cleanup", actor: "ann", reason: "a migration", until: null }],
  });
  expect(await type(directory, ["pause", "batch_claenup", ...reason])).toEqual({
    code: 2,
    out: "",
    said: "there is no healer batch_claenup; did you mean batch_cleanup?\n",
  });
  expect(await type(directory, ["ack", "canary:raw.hours", ...reason])).toMatchObject({
    code: 2,
    said: expect.stringContaining("nothing is open") as string,
  });
  expect((await type(directory, ["ack", "canary:raw.hours"])).said).toContain('give --reason "why"');

  writeFileSync(join(directory, "event.json"), "not json");
  await type(directory, ["publish", "healing", "event.json"]);
  await expect.poll(async () => (await type(directory, ["dead-letters", "list"])).out, { timeout: 10_000 }).toContain("healing");
  const [letter] = (JSON.parse((await type(directory, ["dead-letters", "list", "--json"])).out) as { dead_letters: { id: string }[] })
    .dead_letters;
  expect(await type(directory, ["dead-letters", "drop", letter!.id, ...reason])).toEqual({
    code: 0,
    out: `dropped ${letter!.id}\n`,
    said: "",
  });
  expect(await type(directory, ["heal", "list"])).toMatchObject({ code: 0, out: "no heal waits, and none has failed\n" });
  pressCtrlC(host);
  expect((await host.ended).code).toBe(130);
});

test("a host stops as with Ctrl-C when its first process alone is told, and lets the folder go when that one is killed", async () => {
  const directory = installation("signalled");
  for (const signal of ["SIGTERM", "SIGINT", "SIGKILL"] as const) {
    const host = start(directory, ["run", "--port", "0"]);
    await host.says(/listening/);
    host.child.kill(signal);
    expect((await host.ended).code).toBe(signal === "SIGKILL" ? null : 130);
  }
  expect((await type(directory, ["run", "--once", "healing-tracker"])).code).toBe(0);
});

test("a verb that has nothing to finish ends at the first Ctrl-C", async () => {
  const [short, long] = ["01-yellow-pattern.yaml", "05-off-day-is-quiet.yaml"].map((name) => join(import.meta.dirname, "scenarios", name));
  const playing = start(folder, ["test", short!, long!]);
  await playing.says(/✓/);
  pressCtrlC(playing);
  expect(await playing.ended).toMatchObject({ code: 130, out: expect.not.stringContaining("held") as string });
});

test("Ctrl-C stops the demonstration with 130, what was seen stays, and it starts again", async () => {
  const directory = join(folder, "demo");
  mkdirSync(directory);
  for (const _round of [1, 2]) {
    const demo = start(directory, ["demo", "--pace", "slow"]);
    await demo.says(/a quiet day/);
    pressCtrlC(demo);
    const { code, out } = await demo.ended;
    expect(code).toBe(130);
    expect(out).toContain("stopped; what was seen so far stays in .kintsugi");
    expect(out).not.toContain(ESCAPE);
  }
  expect((await type(directory, ["status", "--config", ".kintsugi/kintsugi.yaml", "--json"])).code).toBeLessThan(2);
});

test("the demonstration's folder is made anew only where it is the demonstration's own", async () => {
  const directory = installation("somebody");
  expect((await type(directory, ["run", "--once"])).code).toBe(0);
  const { code, said } = await type(directory, ["demo", "--pace", "none"]);
  expect(code).toBe(2);
  expect(said).toContain("holds somebody's own installation");
});
