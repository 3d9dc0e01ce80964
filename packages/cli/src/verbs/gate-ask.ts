/** Asks a gate, as a phase would: may it start on this data? */

import { nearestOf } from "@kintsugi/config/nearest";
import { nameSome } from "@kintsugi/events/name-some";
import { printable } from "@kintsugi/events/printable";
import { GateDecided } from "@kintsugi/events/gate";
import { answerRoute } from "@kintsugi/function-kit/answer-route";
import type { Local } from "@kintsugi/local/open-local";
import { type CommandContext, type ExitCode, Refusal } from "../command-context.ts";
import { configuration } from "../configuration.ts";
import { type OperatorOptions, saidBy, withEnd } from "../operator-options.ts";
import { bodyOf, type HostAnswer, reach } from "../system.ts";

export type AskOptions = OperatorOptions & { readonly day?: string; readonly consumer?: string; readonly context?: string };

export async function gateAsk(gate: string, options: AskOptions, context: CommandContext): Promise<ExitCode> {
  const config = await configuration(options, context);
  const names = config.gates.map(({ name }) => name);
  if (!names.includes(gate)) {
    const nearest = nearestOf(gate, names);
    throw new Refusal(
      `there is no gate ${gate}; ${nearest === undefined ? `there are ${nameSome(names, 5)}` : `did you mean ${nearest}?`}`,
    );
  }
  const question = questionOf(options, () => {
    const { actor, reason, until } = withEnd("an override", saidBy("an override", options, context, config));
    return { actor, reason, expires: until };
  });
  const path = `/gates/${encodeURIComponent(gate)}/decisions`;
  const answer = await reach<HostAnswer>(
    config,
    context,
    async (call) => await call("POST", path, question),
    async (local) => await askHere(local, path, question),
  );
  const decided = GateDecided.parse(bodyOf(answer));
  context.out(options.json === true ? JSON.stringify(bodyOf(answer)) : describe(decided));
  return decided.can_proceed ? 0 : 1;
}

/** What is left out, the gate fills in. */
function questionOf({ day, consumer, context }: AskOptions, overriding: () => object): object {
  return {
    ...(day === undefined ? {} : { day }),
    ...(consumer === undefined ? {} : { consumer }),
    ...(context === undefined ? {} : { context }),
    ...(context === "override" ? overriding() : {}),
  };
}

async function askHere({ declarations, dependencies }: Local, path: string, question: object): Promise<HostAnswer> {
  const body = Buffer.from(JSON.stringify(question));
  for (const declaration of declarations) {
    const answer = await answerRoute(declaration, dependencies)({ method: "POST", path, headers: {}, body });
    if (answer !== undefined) return answer;
  }
  throw new Refusal("no gate is configured: name one under gates");
}

function describe({ status, can_proceed, day, message, quality_issues, missing_items }: GateDecided): string {
  return [
    `${status} for ${day}: ${can_proceed ? "it may proceed" : "it may not proceed"}`,
    printable(message),
    ...(missing_items.length === 0 ? [] : [printable(`missing: ${nameSome(missing_items)}`)]),
    ...quality_issues.map((issue) => printable(`- ${issue}`)),
  ].join("\n");
}
