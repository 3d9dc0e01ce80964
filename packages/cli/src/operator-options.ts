/** What every word of an operator carries: who says it, why, and until when. Pure. */

import type { Config } from "@kintsugi/config/model";
import { Id } from "@kintsugi/events/fields";
import { type CommandContext, Refusal } from "./command-context.ts";
import type { Common } from "./configuration.ts";
import { timeGiven } from "./time-given.ts";

export type OperatorOptions = Common & { readonly reason?: string; readonly until?: string; readonly actor?: string };

export type Said = { readonly actor: string; readonly reason: string; readonly until?: string };

const MAX_REASON = 1_000;

/** @throws Refusal that says what is missing */
export function saidBy(verb: string, options: OperatorOptions, { user, now }: Pick<CommandContext, "user" | "now">, config: Config): Said {
  const reason = options.reason?.trim() ?? "";
  if (reason === "") throw new Refusal(`${verb} needs a reason: give --reason "why", for who reads it later`);
  if (reason.length > MAX_REASON) throw new Refusal(`--reason has ${reason.length} characters: at most ${MAX_REASON}`);
  const actor = options.actor ?? user;
  if (!Id.safeParse(actor).success) throw new Refusal(`--actor ${JSON.stringify(actor).slice(0, 100)} is no name: give --actor NAME`);
  return options.until === undefined ? { actor, reason } : { actor, reason, until: untilGiven(options.until, now(), config) };
}

/** For a word that would mean something else if it held for ever. */
export function withEnd(verb: string, said: Said): Said & { readonly until: string } {
  if (said.until === undefined) throw new Refusal(`${verb} needs an end: give --until 4h, or a time such as --until 2026-02-05T18:00`);
  return { ...said, until: said.until };
}

function untilGiven(text: string, nowMs: number, { timezone }: Config): string {
  const untilMs = timeGiven(text, { nowMs, timezone, direction: "ahead" });
  if (untilMs === undefined) throw new Refusal(`--until ${text} is neither a duration such as 4h nor a time such as 2026-02-05T18:00`);
  if (untilMs <= nowMs) throw new Refusal(`--until ${text} is over already: give a time ahead, such as 4h`);
  return new Date(untilMs).toISOString();
}
