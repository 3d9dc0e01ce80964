import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { parseConfig } from "@kintsugi/config/load";
import type { Config } from "@kintsugi/config/model";
import type { Log } from "@kintsugi/function-kit/deliver-events";
import type { Chat } from "@kintsugi/ports/chat";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openForManualRuns, startHost } from "./host.ts";

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "kintsugi-host-start-"))));
afterAll(() => rmSync(folder, { recursive: true }));

function config(): Config {
  const text = 'version: 1\npipeline: p\ntimezone: UTC\nslack: { channels: { drift: "#one", canary: "#one" } }\n';
  const read = parseConfig(text, { file: join(folder, "kintsugi.yaml"), env: {} });
  if ("problems" in read) throw new Error(JSON.stringify(read.problems));
  return read.config;
}

function chatWith(problems: Chat["problems"]): Chat {
  const unused = (): Promise<never> => Promise.reject(new Error("nobody is told in this test"));
  return { receiver: "slack", isEditable: true, post: unused, update: unused, reply: unused, find: unused, problems };
}

/** Starts a host, waits for what it remarks about its receiver, and stops it. */
async function remarkAtStart(problems: Chat["problems"]): Promise<Parameters<Log>[0]> {
  const { promise: remark, resolve } = Promise.withResolvers<Parameters<Log>[0]>();
  const log: Log = (fact) => (fact.severity === "WARNING" ? resolve(fact) : undefined);
  const clock = { now: () => Date.parse("2026-02-05T14:00:00Z") };
  const host = await startHost(config(), { clock, chat: chatWith(problems), say: () => {}, log, pid: 1 }, { port: 0, token: "t" });
  const said = await remark;
  await host.stop();
  return said;
}

test("what a receiver would refuse for good is remarked at start, with each channel asked about once, and the host runs", async () => {
  const said = await remarkAtStart(async (channels) => channels.filter((channel) => channel === "#one").map(() => "#one: invite the app"));
  expect(said).toMatchObject({ message: "slack would refuse messages", reason: "#one: invite the app" });
});

test("a receiver that cannot be asked is remarked, and the host runs", async () => {
  const said = await remarkAtStart(() => Promise.reject(new Error("no network")));
  expect(said).toMatchObject({ message: "slack could not be asked whether it takes messages", reason: "no network" });
});

test("a column, a table or a repository that is not there is remarked at start; its runs say so, and the others are judged", async () => {
  const file = join(folder, "lost", "kintsugi.yaml");
  mkdirSync(dirname(file));
  const instance = await DuckDBInstance.create(join(folder, "lost", "w.duckdb"));
  const connection = await instance.connect();
  await connection.run("CREATE TABLE sales (shop VARCHAR); INSERT INTO sales VALUES ('a')");
  connection.closeSync();
  instance.closeSync();
  const check = (name: string, table: string, metric: string): string => `      ${name}: { table: ${table}, metrics: { m: ${metric} } }\n`;
  const text = `version: 1
pipeline: p
timezone: UTC
warehouse: { duckdb: w.duckdb }
phases:
  raw:
    checks:
${check("there", "sales", '{ count: "*", fail: "< 1" }')}${check("column", "sales", '{ null_count: price, fail: "> 0" }')}${check("table", "orders", '{ null_count: price, fail: "> 0" }')}drift: { history: { git: nowhere }, deployments: { file: d.json }, services: { api: { paths: [api] } } }
`;
  writeFileSync(file, text);
  writeFileSync(
    join(folder, "lost", "d.json"),
    '{ "services": { "api": { "revisions": [{ "name": "r1", "commit": "abc1234", "traffic": 100 }] } } }',
  );
  const read = parseConfig(text, { file, env: {} });
  if ("problems" in read) throw new Error(JSON.stringify(read.problems));
  const remarks: string[] = [];
  const log: Log = ({ severity, reason }) => void (severity === "INFO" || remarks.push(String(reason)));
  const options = { clock: { now: () => Date.parse("2026-02-05T14:00:00Z") }, chat: chatWith(async () => []), say: () => {}, log, pid: 1 };
  const manual = await openForManualRuns(read.config, options);
  const { run: canary } = await manual.driver.runNow("canary", 1_000);
  const { run: drift } = await manual.driver.runNow("drift", 1_000);
  await manual.close();

  expect(remarks.slice(0, 3)).toEqual([
    expect.stringMatching(/kintsugi\.yaml:9:\d+: .*price is no column of sales/),
    expect.stringMatching(/kintsugi\.yaml:10:\d+: .*orders is no table of the warehouse/),
    expect.stringMatching(/nowhere is no git repository.*check drift\.history\.git/),
  ]);
  expect(canary.verdict).toBe("ok");
  expect(canary.observations.map(({ subject, verdict }) => [Object.values(subject).at(-1), verdict])).toEqual([
    ["canary", "ok"],
    ["there", "ok"],
    ["column", "unknown"],
    ["table", "unknown"],
  ]);
  expect(drift).toMatchObject({ verdict: "unknown", reason: expect.stringMatching(/nowhere is no git repository/) });
});
