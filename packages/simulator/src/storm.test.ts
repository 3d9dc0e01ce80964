import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfigValue } from "@kintsugi/config/load";
import type { Config } from "@kintsugi/config/model";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadScenario, type Scenario } from "./load-scenario.ts";
import { play } from "./play.ts";

const SEEDS = Array.from({ length: 8 }, (_, index) => index + 1);

const story = `
name: three heals are one message within half a minute
config:
  version: 1
  pipeline: shop
  timezone: UTC
  healers: { closing: { batches: batches, fields: { expected: expected, completed: completed, done: done, created: created, updated: updated } } }
start: 2026-02-05T14:00:00Z
end: 20m
chaos: storm
timeline:
  - { at: 14:01, publish: { topic: healing, event: { type: healing.completed, healing_type: retry, target: a } } }
  - { at: 14:01, publish: { topic: healing, event: { type: healing.completed, healing_type: retry, target: b } } }
  - { at: 14:07, publish: { topic: healing, event: { type: healing.completed, healing_type: retry, target: c } } }
  - at: 14:07:30
    expect:
      incidents: { "pattern:healing-frequent:retry": { state: open, count: 3, opened: 14:07 } }
      posts: 1
  - at: end
    expect:
      ledger: { healing.completed: 3, duplicates: 0 }
      posts: 1
      equal_stores: true
      dead_letters: 0
      lost: 0
`;

let folder: string;
let told: { scenario: Scenario; config: Config };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "storm-"));
  const file = join(folder, "story.yaml");
  await writeFile(file, story);
  const loaded = await loadScenario(file);
  if ("problems" in loaded) throw new Error(JSON.stringify(loaded.problems));
  const { scenario } = loaded;
  const read = parseConfigValue(scenario.config, { file, env: {}, place: scenario.placeInConfig });
  if ("problems" in read) throw new Error(JSON.stringify(read.problems));
  told = { scenario, config: read.config };
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function playWith(seed: number): Promise<{ failed: readonly unknown[]; trace: readonly string[] }> {
  const trace: string[] = [];
  const { failed } = await play(told.scenario, told.config, { seed, trace: (line) => void trace.push(line) });
  return { failed, trace };
}

test("whatever a storm does, all that a step caused is done within 30 s", { timeout: 60_000 }, async () => {
  const played = await Promise.all(SEEDS.map(playWith));
  expect(played.flatMap(({ failed }) => failed)).toEqual([]);
  const all = played.flatMap(({ trace }) => trace).join("\n");
  for (const seen of ["restarted", "no answer within 10 s", "permission denied", "in part only", "cannot be published"])
    expect(all).toContain(seen);
});

test("the same seed gives the same trace, byte for byte", async () => {
  const [one, other] = [await playWith(3), await playWith(3)];
  expect(one.trace.join("\n")).toBe(other.trace.join("\n"));
});
