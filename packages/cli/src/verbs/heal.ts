/** What healers have not finished: targets that were given up on, and acts that wait for their proof. */

import type { Config } from "@kintsugi/config/model";
import { type HealStatus, readHeals } from "@kintsugi/local/heals";
import { type CommandContext, type ExitCode } from "../command-context.ts";
import { type Common, configuration } from "../configuration.ts";
import { type OperatorOptions, saidBy } from "../operator-options.ts";
import { resolveHeal } from "../resolve-heal.ts";
import { sendWord } from "../send-word.ts";
import { bodyOf, reach } from "../system.ts";
import { fitLine, table } from "../table.ts";

type HealOptions = OperatorOptions & { readonly healer?: string };

const STATES = {
  proposed: "proposed",
  approved: "approved",
  shadow: "would be done",
  given_up: "given up",
  failed: "did not help",
  pending: "waits for its proof",
  remembered: "healed",
} as const;

export async function healList(options: Common, context: CommandContext): Promise<ExitCode> {
  const config = await configuration(options, context);
  const heals = (await allHeals(config, context)).filter(({ state }) => state !== "remembered");
  if (options.json === true) context.out(JSON.stringify({ heals }));
  else context.out(heals.length === 0 ? "no heal waits, and none has failed" : describe(heals));
  return 0;
}

/** Hands a target back to its healer, with no attempts counted. */
export async function healRelease(id: string, options: HealOptions, context: CommandContext): Promise<ExitCode> {
  const config = await configuration(options, context);
  const said = saidBy("heal release", options, context, config);
  const meant = resolveHeal(await allHeals(config, context), id, options.healer);
  return await sendWord({ type: "heal.released", ...meant }, said, `released ${meant.target} to ${meant.healer}`, {
    config,
    context,
    options,
  });
}

export async function healApply(id: string, options: HealOptions, context: CommandContext): Promise<ExitCode> {
  const config = await configuration(options, context);
  const said = saidBy("heal apply", options, context, config);
  const meant = resolveHeal(await allHeals(config, context), id, options.healer);
  return await sendWord(
    { type: "heal.approved", ...meant },
    said,
    `approved the heal of ${meant.target}: the next run of cleanup applies it`,
    { config, context, options },
  );
}

async function allHeals(config: Config, context: CommandContext): Promise<readonly HealStatus[]> {
  return await reach(
    config,
    context,
    async (call) => bodyOf(await call("GET", "/heals"))["heals"] as unknown as readonly HealStatus[],
    async ({ documents }) => await readHeals(documents, config),
  );
}

function describe(heals: readonly HealStatus[]): string {
  const rows = heals.map(({ healer, target, state, attempts, acted }) => [
    healer,
    STATES[state],
    String(attempts),
    acted === null ? "-" : `${acted.slice(0, 16).replace("T", " ")}Z`,
    target,
  ]);
  const [head = "", ...lines] = table(["healer", "state", "attempts", "acted", "target"], rows).split("\n");
  return [head, ...lines.flatMap((line, index) => [line, ...wordsOf(heals[index])])].join("\n");
}

function wordsOf(heal: HealStatus | undefined): readonly string[] {
  return heal?.what === null || heal === undefined ? [] : [fitLine(`  ${heal.what}`)];
}
