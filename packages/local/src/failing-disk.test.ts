import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseConfigValue } from "@kintsugi/config/load";
import type { Config } from "@kintsugi/config/model";
import type { Message } from "@kintsugi/ports/bus";
import type { JsonObject } from "@kintsugi/ports/json";
import { afterEach, beforeEach, expect, test } from "vitest";
import { drive } from "./drive.ts";
import { type Local, openLocal } from "./open-local.ts";

let folder: string;
let local: Local;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kintsugi-disk-"));
  const value = { version: 1, pipeline: "p", timezone: "UTC", runtime: { local: folder } };
  const read = parseConfigValue(value, { file: join(folder, "k.yaml"), env: {} });
  local = openLocal((read as { config: Config }).config, { clock: { now: () => Date.now() }, say: () => {} });
});
afterEach(() => {
  local.close();
  rmSync(folder, { recursive: true });
});

function heal(id: string): Message {
  const event = { type: "healing.completed", id, healing_type: "retry", target: "t", action_taken: "x".repeat(9_000) };
  return { topic: "healing", attributes: {}, data: Buffer.from(JSON.stringify(event)) };
}

test("nobody is told that it is stored on a full disk, and the failure names the folder", async () => {
  const { page_count: pages } = local.database.prepare("PRAGMA page_count").get() as { page_count: number };
  local.database.exec(`PRAGMA max_page_count = ${pages}`);
  const failure = { failure: "transient", message: `the document store: database or disk is full: make room on the disk of ${folder}` };
  await expect(local.bus.publish(["a", "b", "c"].map(heal))).rejects.toMatchObject(failure);
  expect(local.bus.waiting()).toBeUndefined();
  local.database.exec("PRAGMA max_page_count = 1073741823");
  expect(await local.bus.publish([heal("a")])).toHaveLength(1);
});

test("functions that can neither store nor give back what they were handed pause, say why, and go on by themselves", async () => {
  await local.bus.publish(["a", "b", "c"].map(heal));
  // As where every write fails: the next looks would hand them the same again at once.
  local.database.exec("PRAGMA query_only = 1");
  const said: JsonObject[] = [];
  const driver = drive(local, [], (fact) => void said.push(fact));
  driver.kick();
  await pause(1_500);
  const pauses = said.filter(({ message }) => message === "delivery failed unexpectedly");
  expect(pauses.length).toBeGreaterThanOrEqual(2);
  expect(said.length).toBeLessThan(40);
  expect(String(pauses[0]!["reason"])).toContain(`let this user write ${folder}`);

  local.database.exec("PRAGMA query_only = 0");
  for (const deadline = Date.now() + 30_000; local.bus.waiting() !== undefined && Date.now() < deadline;) await pause(50);
  expect(local.bus.pendingBySubscription()).toEqual({});
  const recorded = (await local.documents.list("kintsugi_ledger")).filter(({ data }) => data["type"] === "healing.completed");
  expect(recorded).toHaveLength(3);
  await driver.stop();
}, 60_000);
