/** Stops and starts what heals, or everything; lets a gate pass. */

import { nearestOf } from "@kintsugi/config/nearest";
import { Mode } from "@kintsugi/events/operator";
import { type CommandContext, type ExitCode, Refusal } from "../command-context.ts";
import { configuration } from "../configuration.ts";
import { type OperatorOptions, saidBy, withEnd } from "../operator-options.ts";
import { sendWord } from "../send-word.ts";

export async function pause(healer: string | undefined, options: OperatorOptions, context: CommandContext): Promise<ExitCode> {
  const config = await configuration(options, context);
  const said = saidBy("pause", options, context, config);
  const word = { type: "healing.paused", ...(healer === undefined ? {} : { healer }) } as const;
  return await sendWord(word, said, `paused ${healer ?? "all healers"}`, { config, context, options });
}

export async function resume(healer: string | undefined, options: OperatorOptions, context: CommandContext): Promise<ExitCode> {
  const config = await configuration(options, context);
  const said = saidBy("resume", options, context, config);
  const word = { type: "healing.resumed", ...(healer === undefined ? {} : { healer }) } as const;
  return await sendWord(word, said, `resumed ${healer ?? "all healers"}`, { config, context, options });
}

export async function mode(given: string, options: OperatorOptions, context: CommandContext): Promise<ExitCode> {
  const parsed = Mode.safeParse(given);
  if (!parsed.success) {
    const nearest = nearestOf(given, Mode.options);
    throw new Refusal(
      `there is no mode ${given}; ${nearest === undefined ? `there are ${Mode.options.join(", ")}` : `did you mean ${nearest}?`}`,
    );
  }
  const config = await configuration(options, context);
  const said = saidBy("mode", options, context, config);
  return await sendWord({ type: "mode.set", mode: parsed.data }, said, `mode ${parsed.data}`, { config, context, options });
}

export async function waive(gate: string, entity: string, options: OperatorOptions, context: CommandContext): Promise<ExitCode> {
  const config = await configuration(options, context);
  const said = saidBy("waive", options, context, config);
  return await sendWord({ type: "gate.waived", gate, entity }, said, `waived ${entity} at ${gate}`, { config, context, options });
}

export async function gateOverride(
  gate: string,
  options: OperatorOptions & { readonly day?: string },
  context: CommandContext,
): Promise<ExitCode> {
  const config = await configuration(options, context);
  const said = withEnd("gate override", saidBy("gate override", options, context, config));
  const { day } = options;
  const word = { type: "gate.overridden", gate, ...(day === undefined ? {} : { day }) } as const;
  return await sendWord(word, said, `overrode ${gate} for ${day ?? "all days"}`, { config, context, options });
}
