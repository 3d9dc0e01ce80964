/** What happens in the week, scene by scene; the last scene, healing, has a file of its own. */

import { askGate } from "@kintsugi/gate-client/ask-gate";
import type { Stage } from "./stage.ts";
import { loadRaw, processNight, type WatchedPipeline } from "./watched-pipeline.ts";

export type Scene = "quiet" | "drift" | "gate" | "healing";
export const sceneNames: readonly Scene[] = ["quiet", "drift", "gate", "healing"];

const at = (text: string): number => Date.parse(text);
export const startOf: Readonly<Record<Scene, number>> = {
  quiet: at("2025-03-10T21:50:00Z"),
  drift: at("2025-03-11T12:00:00Z"),
  gate: at("2025-03-11T20:30:00Z"),
  healing: at("2025-03-12T12:00:00Z"),
};
/** Nights before the last scene, which has its own. */
const NIGHTS = ["2025-03-10", "2025-03-11"];

export type Around = {
  readonly stage: Stage;
  readonly pipeline: WatchedPipeline;
  readonly folder: string;
  readonly tell: (line: string) => void;
  readonly title: (line: string) => void;
};

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** When a night's last game starts, from the schedule. */
async function slateOf({ stage }: Around, day: string): Promise<number> {
  const { rows } = await stage
    .local()
    .dependencies.warehouse.query(`SELECT max(slate_utc) AS slate FROM nba_raw.schedule WHERE game_date = DATE '${day}'`);
  return at(String(rows[0]!["slate"]));
}

async function load(around: Around, day: string, atMs: number, without: readonly string[] = []): Promise<void> {
  await around.stage.advanceTo(atMs);
  await around.pipeline.warehouse(loadRaw(day, new Date(atMs), without));
}

/** Lets time pass to the scene's start; nights that no scene has shown were quiet ones. */
export async function begin(around: Around, scene: Scene): Promise<void> {
  const { stage, pipeline } = around;
  for (const day of NIGHTS) {
    const arrivesMs = (await slateOf(around, day)) + 4 * HOUR_MS;
    if (arrivesMs >= startOf[scene] || (await isLoaded(around, day))) continue;
    if (arrivesMs > stage.now()) await stage.advanceTo(arrivesMs);
    await pipeline.warehouse(loadRaw(day, new Date(arrivesMs)), ...processNight(day, new Date(arrivesMs)));
  }
  if (startOf[scene] > stage.now()) await stage.advanceTo(startOf[scene]);
}

async function isLoaded({ stage }: Around, day: string): Promise<boolean> {
  const { rows } = await stage
    .local()
    .dependencies.warehouse.query(`SELECT count(*) AS rows FROM nba_raw.player_boxscores WHERE game_date = DATE '${day}'`);
  return Number(rows[0]!["rows"]) > 0;
}

/** The simulated phase 3: asks over HTTP, and starts only on a clear yes. Returns how often it was held back. */
async function phaseThree(around: Around, day: string, untilMs: number): Promise<number> {
  const { stage, pipeline, tell } = around;
  for (let held = 0; ; held++) {
    const answer = await askGate({ ...stage.server(), gate: "raw-to-analytics", consumer: "analytics", day });
    if (answer.canProceed || stage.now() >= untilMs) {
      tell(`phase 3 asks the gate: ${answer.message}${answer.canProceed ? ", and starts" : ""}`);
      if (answer.canProceed) await pipeline.warehouse(...processNight(day, new Date(stage.now())));
      return held;
    }
    if (held === 0) tell(`phase 3 asks the gate over HTTP: ${answer.message}; it waits`);
    await stage.advanceTo(stage.now() + 15 * MINUTE_MS);
  }
}

export async function quiet(around: Around): Promise<void> {
  around.title("a quiet day: the night's games arrive, everything is as expected, nobody is called");
  const day = "2025-03-10";
  const slate = await slateOf(around, day);
  await load(around, day, slate + 4 * HOUR_MS);
  await around.stage.advanceTo(slate + 6 * HOUR_MS - MINUTE_MS);
  await around.stage.advanceTo(slate + 6 * HOUR_MS);
  await phaseThree(around, day, slate + 8 * HOUR_MS);
  await around.stage.advanceTo(slate + 10 * HOUR_MS);
}

export async function drift(around: Around): Promise<void> {
  const { stage, pipeline, tell, title } = around;
  title("a stale deployment: a fix is committed, and what serves does not have it");
  const committed = Math.max(stage.now(), at("2025-03-11T15:10:00Z"));
  await stage.advanceTo(committed);
  const sha = await pipeline.commit("predictions/worker/worker.py", "skip players who are out", new Date(committed));
  tell(`somebody commits ${sha} "skip players who are out" and goes to lunch`);
  await stage.advanceTo(at("2025-03-11T18:40:00Z"));
  tell("the command from the message is run: ./bin/deploy-service.sh prediction-worker");
  await pipeline.deploy("prediction-worker", sha, new Date(stage.now()));
  await stage.advanceTo(at("2025-03-11T20:05:00Z"));
}

export async function gate(around: Around): Promise<void> {
  const { stage, tell, title } = around;
  title("a gap in the raw data: the gate names the games, and the next phase waits");
  const day = "2025-03-11";
  const slate = await slateOf(around, day);
  await load(around, day, slate + 4 * HOUR_MS, await someGames(around, day));
  await stage.advanceTo(slate + 6 * HOUR_MS);
  const due = stage.now();
  await phaseThree(around, day, due + 40 * MINUTE_MS);
  await stage.advanceTo(due + 50 * MINUTE_MS);
  tell("the missing box scores arrive");
  await around.pipeline.warehouse(loadRaw(day, new Date(stage.now())));
  await stage.advanceTo(due + 55 * MINUTE_MS);
  await phaseThree(around, day, due + 2 * HOUR_MS);
  await stage.advanceTo(stage.now() + HOUR_MS);
}

/** Two games of the night. */
async function someGames({ stage }: Around, day: string): Promise<readonly string[]> {
  const { rows } = await stage
    .local()
    .dependencies.warehouse.query(`SELECT game_id FROM nba_raw.schedule WHERE game_date = DATE '${day}' ORDER BY game_id LIMIT 2`);
  return rows.map((row) => String(row["game_id"]));
}

/** A night as it should be: the games arrive, and the next phases run. */
export async function nightOf(around: Around, day: string): Promise<void> {
  const slate = await slateOf(around, day);
  await load(around, day, slate + 4 * HOUR_MS);
  await around.stage.advanceTo(slate + 6 * HOUR_MS);
  await phaseThree(around, day, slate + 8 * HOUR_MS);
}
