/** What could not be handled: shown, sent again, or dropped. */

import { type Letter, listLetters, readLetter, settleLetter, type Settlement } from "@kintsugi/local/dead-letters";
import { printable } from "@kintsugi/events/printable";
import type { JsonObject } from "@kintsugi/ports/json";
import { type CommandContext, type ExitCode, Refusal } from "../command-context.ts";
import { type Common, configuration } from "../configuration.ts";
import { type OperatorOptions, saidBy } from "../operator-options.ts";
import { bodyOf, reach } from "../system.ts";
import { table } from "../table.ts";

export async function letterList(options: Common, context: CommandContext): Promise<ExitCode> {
  const config = await configuration(options, context);
  const letters = await reach<readonly Letter[]>(
    config,
    context,
    async (call) => bodyOf(await call("GET", "/dead-letters"))["dead_letters"] as unknown as readonly Letter[],
    async (local) => await listLetters(local),
  );
  if (options.json === true) context.out(JSON.stringify({ dead_letters: letters }));
  else if (letters.length === 0) context.out("no dead letters");
  else
    context.out(
      table(
        ["id", "since", "topic", "reason"],
        letters.map(({ id, time, topic, reason }) => [id, `${time.slice(5, 16).replace("T", " ")}Z`, topic, reason]),
      ),
    );
  return 0;
}

export async function letterShow(id: string, options: Common, context: CommandContext): Promise<ExitCode> {
  const config = await configuration(options, context);
  const letter = await reach<Letter | undefined>(
    config,
    context,
    async (call) => {
      const answer = await call("GET", `/dead-letters/${encodeURIComponent(id)}`);
      return answer.status === 404 ? undefined : (bodyOf(answer) as unknown as Letter);
    },
    async (local) => await readLetter(local, id),
  );
  if (letter === undefined)
    throw new Refusal(`there is no dead letter ${id}: see kintsugi dead-letters list; kintsugi why ${id} tells what became of it`);
  context.out(options.json === true ? JSON.stringify(letter) : describe(letter));
  return 0;
}

export async function letterReplay(id: string, options: OperatorOptions, context: CommandContext): Promise<ExitCode> {
  return await settle(id, "replayed", { verb: "dead-letters replay", options, context });
}

export async function letterDrop(id: string, options: OperatorOptions, context: CommandContext): Promise<ExitCode> {
  return await settle(id, "dropped", { verb: "dead-letters drop", options, context });
}

type Settling = { readonly verb: string; readonly options: OperatorOptions; readonly context: CommandContext };

async function settle(id: string, done: Settlement["done"], { verb, options, context }: Settling): Promise<ExitCode> {
  const config = await configuration(options, context);
  const { actor, reason } = saidBy(verb, options, context, config);
  const settlement = { done, actor, reason };
  const isHandled = await reach<boolean>(
    config,
    context,
    async (call) => {
      const deed = done === "replayed" ? "replay" : "drop";
      bodyOf(await call("POST", `/dead-letters/${encodeURIComponent(id)}/${deed}`, { actor, reason }));
      return true;
    },
    async (local) => {
      const refused = await settleLetter(local, id, settlement);
      if (refused !== undefined) throw new Refusal(refused.error);
      return false;
    },
  );
  context.out(options.json === true ? JSON.stringify({ id, ...settlement }) : `${done} ${id}`);
  if (!isHandled && done === "replayed") context.remark("it is handled when the functions run next: kintsugi run, or kintsugi run --once");
  return 0;
}

function describe({ id, topic, function: functionName, time, reason, bytes, attributes, data, no_replay }: Letter): string {
  const headers = Object.entries(attributes as JsonObject).map(([name, value]) => printable(`${name}: ${String(value)}`));
  return [
    `${id}  refused by ${functionName}`,
    printable(`topic ${topic}, published ${time}, ${bytes} bytes`),
    printable(`reason: ${reason}`),
    no_replay === null ? "can be replayed" : `cannot be replayed: ${no_replay}`,
    ...headers,
    // What came is set off line by line: none of it is a line of ours.
    ...Buffer.from(data, "base64")
      .toString("utf8")
      .split("\n")
      .map((line) => `> ${line}`),
  ].join("\n");
}
