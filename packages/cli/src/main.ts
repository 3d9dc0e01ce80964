/** The composition root of the command line. */

import { randomBytes } from "node:crypto";
import { userInfo } from "node:os";
import { text } from "node:stream/consumers";
import { Failure, messageOf } from "@kintsugi/ports/failure";
import { CommanderError } from "commander";
import manifest from "../package.json" with { type: "json" };
import { program } from "./program.ts";
import { terminalText } from "./terminal-text.ts";
import { type ExitCode, Refusal, type CommandContext } from "./command-context.ts";

let stop: (() => void) | undefined;
const stopped = new Promise<void>((resolve) => {
  stop = resolve;
});
let isAwaited = false;
let signalledMs: number | undefined;
/** A terminal tells the whole process group, and bin/kintsugi.mjs passes on what it hears: so soon after the first it is the same one. */
const SAME_SIGNAL_MS = 300;

/** The first one asks to stop, where a verb has something to finish; else, and at the second, the process ends: all that counts is stored. */
function onSignal(): void {
  const nowMs = performance.now();
  if (signalledMs !== undefined && nowMs - signalledMs < SAME_SIGNAL_MS) return;
  if (signalledMs !== undefined || !isAwaited) process.exit(130);
  signalledMs = nowMs;
  stop?.();
}
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, onSignal);
// bin/kintsugi.mjs is gone, however it went: nobody can stop this process any more, so it must not hold the folder.
process.on("disconnect", () => process.exit(130));
process.channel?.unref();

// Whoever read what is said here may have gone: that is no reason to end.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

const context: CommandContext = {
  env: process.env,
  directory: process.cwd(),
  now: () => Date.now(),
  elapsed: () => performance.now(),
  pid: process.pid,
  user: userName(),
  version: manifest.version,
  newToken: () => randomBytes(24).toString("base64url"),
  out: (line) => void process.stdout.write(`${terminalText(line)}\n`),
  remark: (line) => void process.stderr.write(`${terminalText(line)}\n`),
  isTerminal: process.stdout.isTTY,
  readInput: () => text(process.stdin),
  stopped() {
    isAwaited = true;
    return stopped;
  },
};

/** A process may run as a number that has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "unknown";
  }
}

async function perform(verb: () => Promise<ExitCode>): Promise<void> {
  try {
    process.exitCode = await verb();
  } catch (error) {
    process.exitCode = tell(error);
  }
}

function tell(error: unknown): ExitCode {
  if (error instanceof Refusal || error instanceof Failure) {
    context.remark(messageOf(error));
    return 2;
  }
  context.remark(
    `a defect of kintsugi: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\nplease report it with the command that you typed`,
  );
  return 3;
}

try {
  const command = program(context, perform);
  for (const each of [command, ...command.commands, ...command.commands.flatMap(({ commands }) => commands)]) each.exitOverride();
  await command.parseAsync(process.argv);
} catch (error) {
  process.exitCode = error instanceof CommanderError ? (error.exitCode === 0 ? 0 : 2) : tell(error);
}
// Verbs that wait for nothing more must not be held by a signal listener or an idle connection.
process.exit();
