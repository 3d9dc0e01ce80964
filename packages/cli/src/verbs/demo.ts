/** Plays the example pipeline's week. */

import { demo as play } from "@kintsugi/example-nba/demo";
import { type ExitCode, Refusal, type CommandContext } from "../command-context.ts";

export type DemoOptions = { readonly pace?: string; readonly scene?: string };

export async function demo(options: DemoOptions, context: CommandContext): Promise<ExitCode> {
  const pace = options.pace ?? "normal";
  if (pace !== "slow" && pace !== "normal" && pace !== "fast" && pace !== "none")
    throw new Refusal(`--pace ${pace} is none of slow, normal, fast, none`);
  const scenes = options.scene?.split(",") ?? [];
  return await play({
    directory: context.directory,
    pace,
    scenes,
    isTerminal: context.isTerminal,
    write: context.out,
    stopped: context.stopped(),
    elapsed: context.elapsed,
    newToken: context.newToken,
    refuse: (reason) => new Refusal(reason),
  });
}
