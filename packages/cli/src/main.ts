/** The composition root of the command line. */

import { randomBytes } from "node:crypto";
import { text } from "node:stream/consumers";
import { Failure, messageOf } from "@kintsugi/ports/failure";
import { CommanderError } from "commander";
import { program } from "./program.ts";
import { type ExitCode, Refusal, type World } from "./world.ts";

let stop = (): void => {};
const stopped = new Promise<void>((resolve) => void (stop = resolve));
let signals = 0;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (++signals > 1) process.exit(130);
    stop();
  });
}

const world: World = {
  env: process.env,
  directory: process.cwd(),
  now: () => Date.now(),
  elapsed: () => performance.now(),
  pid: process.pid,
  newToken: () => randomBytes(24).toString("base64url"),
  out: (line) => void process.stdout.write(`${line}\n`),
  remark: (line) => void process.stderr.write(`${line}\n`),
  isTerminal: process.stdout.isTTY && process.env["NO_COLOR"] === undefined,
  readInput: () => text(process.stdin),
  stopped,
};

async function perform(verb: () => Promise<ExitCode>): Promise<void> {
  try {
    process.exitCode = await verb();
  } catch (error) {
    process.exitCode = tell(error);
  }
}

function tell(error: unknown): ExitCode {
  if (error instanceof Refusal || error instanceof Failure) {
    world.remark(messageOf(error));
    return 2;
  }
  world.remark(
    `a defect of kintsugi: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\nplease report it with the command that you typed`,
  );
  return 3;
}

try {
  const command = program(world, perform);
  for (const each of [command, ...command.commands, ...command.commands.flatMap(({ commands }) => commands)]) each.exitOverride();
  await command.parseAsync(process.argv);
} catch (error) {
  process.exitCode = error instanceof CommanderError ? (error.exitCode === 0 ? 0 : 2) : tell(error);
}
// Verbs that wait for nothing more must not be held by a signal listener or an idle connection.
if (signals === 0 || process.exitCode !== undefined) process.exit();
