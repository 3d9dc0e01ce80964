/** Finds and loads the configuration for a verb. */

import { resolve } from "node:path";
import { findConfig } from "@kintsugi/config/find";
import { formatProblem, loadConfig } from "@kintsugi/config/load";
import type { Config } from "@kintsugi/config/model";
import { Refusal, type CommandContext } from "./command-context.ts";

export type Common = { readonly config?: string; readonly json?: boolean };

export function configPath({ config }: Common, { directory }: CommandContext): string {
  if (config !== undefined) return resolve(directory, config);
  const found = findConfig(directory);
  if (found === undefined)
    throw new Refusal("there is no kintsugi.yaml here or above: give one with --config FILE, or try `npm start` first");
  return found;
}

/** @param statements `names` where statements are only shown: what the environment puts into them stands there by name */
export async function configuration(common: Common, context: CommandContext, statements?: "names"): Promise<Config> {
  const loaded = await loadConfig(configPath(common, context), context.env, statements);
  if ("config" in loaded) return loaded.config;
  throw new Refusal(loaded.problems.map(formatProblem).join("\n"));
}
