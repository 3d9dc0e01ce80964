/** `npm start`: a week of the pipeline being watched, healed, recorded and told about, in less than a minute. */

import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readStatus } from "@kintsugi/local/status";
import logUpdate from "log-update";
import { healing } from "./healing-scene.ts";
import { type Around, begin, drift, gate, quiet, type Scene, sceneNames, startOf } from "./scenes.ts";
import { openScreen } from "./screen.ts";
import { exampleConfig, openStage } from "./stage.ts";
import { createWatchedPipeline } from "./watched-pipeline.ts";

export type DemoOptions = {
  /** `.kintsugi` is made here. */
  readonly directory: string;
  readonly pace: "slow" | "normal" | "fast" | "none";
  /** Empty: all. */
  readonly scenes: readonly string[];
  readonly isTerminal: boolean;
  readonly write: (line: string) => void;
  readonly stopped: Promise<void>;
  /** Milliseconds of a wall clock, for durations only. */
  readonly elapsed: () => number;
  readonly newToken: () => string;
  readonly refuse: (reason: string) => Error;
};

const MARK = "# Made by `npm start`, which makes this folder anew each time.\n";
const MS_PER_HOUR = { slow: 600, normal: 300, fast: 20, none: 0 } as const;

export async function demo(options: DemoOptions): Promise<0 | 130> {
  const scenes = chosen(options);
  const startMs = startOf[scenes[0]!];
  const folder = join(options.directory, ".kintsugi");
  await prepare(folder, options);
  const { isTerminal, write } = options;
  const screen = openScreen({ write, ...(isTerminal ? { live: { draw: logUpdate, clear: () => logUpdate.clear() } } : {}) });
  const pipeline = await createWatchedPipeline(folder, new Date(startMs - 30 * 86_400_000));
  let nowMs = startMs;
  const stage = await openStage({
    folder,
    startMs,
    token: options.newToken(),
    msPerHour: MS_PER_HOUR[options.pace],
    elapsed: options.elapsed,
    say: (line) => screen.message(line, nowMs),
    tick: (ms) => {
      nowMs = ms;
      screen.clock(ms);
    },
    trouble: (line) => screen.line(line, nowMs),
  });
  const around = { stage, pipeline, folder, tell: (line: string) => screen.line(line, nowMs), title: (line: string) => screen.title(line) };
  let isStopped = false;
  void options.stopped.then(() => void (isStopped = true));
  const play: Record<Scene, (around: Around) => Promise<string | void>> = { quiet, drift, gate, healing };
  let last: string | undefined;
  for (const scene of scenes) {
    if (isStopped) break;
    const shown = begin(around, scene).then(async () => await play[scene](around));
    last = (await Promise.race([shown, options.stopped.then(() => undefined)])) ?? last;
  }
  if (isStopped) {
    screen.close();
    options.write("stopped; what was seen so far stays in .kintsugi");
    return 130;
  }
  const status = await readStatus(stage.local());
  screen.close();
  await stage.close();
  const told = screen.posts();
  options.write(
    `\nThe week in short: ${told} ${told === 1 ? "message" : "messages"} to people, ${status.incidents.length} still open, ${status.dead_letters} dead letters.`,
  );
  options.write("What was seen stays in .kintsugi; nobody watches it now, so status calls every function silent. Next:");
  for (const line of ["npx kintsugi status", "npx kintsugi analyze", ...(last === undefined ? [] : [`npx kintsugi why ${last}`])])
    options.write(`  ${line}`);
  return 0;
}

function chosen({ scenes, refuse }: DemoOptions): readonly Scene[] {
  if (scenes.length === 0) return sceneNames;
  const unknown = scenes.find((name) => !sceneNames.some((scene) => scene === name));
  if (unknown !== undefined) throw refuse(`there is no scene ${unknown}; there are ${sceneNames.join(", ")}`);
  return sceneNames.filter((scene) => scenes.includes(scene));
}

/** Only what an earlier demonstration made is removed. */
async function prepare(folder: string, { refuse }: DemoOptions): Promise<void> {
  const file = join(folder, "kintsugi.yaml");
  if (existsSync(folder)) {
    const isOurs = existsSync(file) && (await readFile(file, "utf8")).startsWith(MARK);
    if (!isOurs)
      throw refuse(`${folder} holds somebody's own installation: run the demonstration in another folder, or move that one away`);
    await rm(folder, { recursive: true });
  }
  const { mkdir } = await import("node:fs/promises");
  await mkdir(folder, { mode: 0o700 });
  await writeFile(file, `${MARK}${(await exampleConfig()).replace("runtime: { local: .kintsugi }", "runtime: { local: . }")}`);
}
