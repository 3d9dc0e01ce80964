/** Plays the example pipeline's week. */

import { demo as play } from "@kintsugi/example-nba/demo";
import { type ExitCode, Refusal, type World } from "../world.ts";

export type DemoOptions = { readonly pace?: string; readonly scene?: string };

export async function demo(options: DemoOptions, world: World): Promise<ExitCode> {
  const pace = options.pace ?? "normal";
  if (pace !== "slow" && pace !== "normal" && pace !== "fast" && pace !== "none")
    throw new Refusal(`--pace ${pace} is none of slow, normal, fast, none`);
  const scenes = options.scene?.split(",") ?? [];
  return await play({
    directory: world.directory,
    pace,
    scenes,
    isTerminal: world.isTerminal,
    write: world.out,
    stopped: world.stopped(),
    elapsed: world.elapsed,
    newToken: world.newToken,
    refuse: (reason) => new Refusal(reason),
  });
}
