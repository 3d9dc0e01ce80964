import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "@kintsugi/config/load";
import type { Config } from "@kintsugi/config/model";
import type { Log } from "@kintsugi/function-kit/deliver-events";
import type { Chat } from "@kintsugi/ports/chat";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startHost } from "./host.ts";

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
