import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { playEvening, twoEvenings } from "./evening.ts";
import { register, repairsSince } from "./healing-scene.ts";
import { exampleConfig, openStage, type Stage } from "./stage.ts";

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

/** The example's healer alone: its phases, gate and services decide nothing about batches. */
async function stageOfHealer(): Promise<{ stage: Stage; folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), "kintsugi-healing-"));
  folders.push(folder);
  const text = await exampleConfig();
  const head =
    "version: 1\npipeline: nba-props\ntimezone: America/New_York\nruntime: { local: . }\nschedules: { patterns: 24h, reconcile: 24h }\n";
  writeFileSync(join(folder, "kintsugi.yaml"), head + text.slice(text.indexOf("healers:")));
  const stage = await openStage({
    folder,
    startMs: Date.parse("2025-03-12T19:50:00Z"),
    token: "token-of-the-test",
    msPerHour: 0,
    elapsed: () => 0,
    say: () => {},
    tick: () => {},
    trouble: (line) => expect.unreachable(line),
  });
  return { stage, folder };
}

/** Plays the two evenings from a day on, and returns how many repairs the ledger holds by cause. */
async function repairsOf(stage: Stage, days: readonly [string, string]): Promise<Record<string, number>> {
  for (const [index, day] of days.entries()) await playEvening({ stage, tell: () => {} }, day, twoEvenings[index]!);
  const { causes, total } = await repairsSince(stage, days[0]);
  return { total, ...Object.fromEntries(causes.map(({ cause, count }) => [cause, count])) };
}

test("evenings stay as bad as the first until the reason is registered; then only the batch of the killed worker is repaired", async () => {
  const { stage, folder } = await stageOfHealer();
  const unmended = { total: 6, player_injury_out: 5, members_missing: 1 };
  expect(await repairsOf(stage, ["2025-03-12", "2025-03-13"])).toEqual(unmended);
  await stage.restart();
  expect(await repairsOf(stage, ["2025-03-14", "2025-03-15"])).toEqual(unmended);
  await register(folder, "player_injury_out");
  await stage.restart();
  expect(await repairsOf(stage, ["2025-03-16", "2025-03-17"])).toEqual({ total: 1, members_missing: 1 });
  await stage.close();
}, 180_000);

test("a registration that finds no place to stand is refused, and changes nothing", async () => {
  const { stage, folder } = await stageOfHealer();
  await register(folder, "player_injury_out");
  await expect(register(folder, "no_betting_line")).rejects.toThrow("does not say permanent: []");
  expect(readFileSync(join(folder, "kintsugi.yaml"), "utf8")).toContain("permanent: [player_injury_out]");
  await stage.close();
});
