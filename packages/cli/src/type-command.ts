/** Types a command as a person would, in a folder and at an instant: for tests. */

import { Failure, messageOf } from "@kintsugi/ports/failure";
import type { Command } from "commander";
import { type CommandContext, Refusal } from "./command-context.ts";
import { program } from "./program.ts";

/** `code` is the verb's, or why it was refused before it ran. */
export type Typed = { readonly code: number | string; readonly out: string; readonly said: string };

export type Given = { readonly directory: string; readonly now: number; readonly input?: string };

export async function typeCommand(words: readonly string[], given: Given): Promise<Typed> {
  let [code, out, said]: [number | string, string, string] = ["did not run", "", ""];
  const context: CommandContext = {
    env: {},
    directory: given.directory,
    now: () => given.now,
    elapsed: () => 0,
    version: "1.2.3",
    pid: 1,
    user: "ann",
    newToken: () => "token",
    out: (line) => void (out += `${line}\n`),
    remark: (line) => void (said += `${line}\n`),
    isTerminal: false,
    readInput: async () => given.input ?? "",
    stopped: () => Promise.resolve(),
  };
  const command = program(context, async (verb) => {
    try {
      code = await verb();
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof Failure)) throw error;
      [code, said] = [2, `${said}${messageOf(error)}\n`];
    }
  });
  for (const each of everyCommand(command))
    each.exitOverride().configureOutput({ writeOut: (text) => void (out += text), writeErr: (text) => void (said += text) });
  try {
    await command.parseAsync(words, { from: "user" });
  } catch (error) {
    code = (error as { code?: string }).code ?? messageOf(error);
  }
  return { code, out, said };
}

function everyCommand(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}
