/** The verbs of operators: what they say of incidents, healers, gates and dead letters. */

import type { Command } from "commander";
import type { CommandContext, ExitCode } from "./command-context.ts";

export type Verb = () => Promise<ExitCode>;
export type Perform = (verb: Verb) => Promise<void>;

type Named = { readonly parent: Command; readonly name: string; readonly says: string; readonly example: string };

export function operatorVerbs(root: Command, context: CommandContext, perform: Perform): void {
  incidents(root, context, perform);
  healing(root, context, perform);
  gates(root, context, perform);
  letters(root, context, perform);
}

/** One that asks, and changes nothing. */
function asking({ parent, name, says, example }: Named): Command {
  return parent
    .command(name)
    .description(says)
    .option("--json", "one JSON document instead of text")
    .option("--config <file>", "kintsugi.yaml; else ./kintsugi.yaml or the nearest one upward")
    .addHelpText("after", `\nExample:\n  ${example}`);
}

/** One that changes something: who does it, and why, is kept. */
function saying(named: Named): Command {
  return asking(named).option("--reason <text>", "why, for who reads it later").option("--actor <name>", "who says it; default: you");
}

function saidUntil(named: Named): Command {
  return saying(named).option("--until <time>", "a duration such as 4h, or a time (in the pipeline's timezone)");
}

function group(root: Command, name: string, says: string, example: string): Command {
  return root.command(name).description(says).addHelpText("after", `\nExample:\n  ${example}`);
}

function incidents(root: Command, context: CommandContext, perform: Perform): void {
  const parent = root;
  saidUntil({
    parent,
    name: "ack",
    says: "an incident is known, and somebody is at it",
    example: 'kintsugi ack canary:raw.boxscores --reason "loading it anew"',
  })
    .argument("<key>", "of an open incident, as messages and status show it")
    .action((key: string, options) => perform(async () => (await import("./verbs/incident.ts")).ack(key, options, context)));
  saidUntil({
    parent,
    name: "silence",
    says: "nobody is called for an incident until a time",
    example: 'kintsugi silence drift:prediction-worker --until 4h --reason "deploy at noon"',
  })
    .argument("<key>", "of an open incident")
    .action((key: string, options) => perform(async () => (await import("./verbs/incident.ts")).silence(key, options, context)));
  saying({
    parent,
    name: "close",
    says: "an incident, or one bad day of it, is settled",
    example: 'kintsugi close canary:raw.boxscores --day 2026-02-04 --reason "the source never had it"',
  })
    .argument("<key>", "of an open incident, or of one with days that were given up")
    .option("--day <day>", "this business day alone")
    .action((key: string, options) => perform(async () => (await import("./verbs/incident.ts")).close(key, options, context)));
  saidUntil({
    parent,
    name: "mode",
    says: "normal, off-season or maintenance",
    example: 'kintsugi mode maintenance --until 2h --reason "moving the warehouse"',
  })
    .argument("<mode>", "normal, off-season or maintenance")
    .action((mode: string, options) => perform(async () => (await import("./verbs/operate.ts")).mode(mode, options, context)));
}

function healing(root: Command, context: CommandContext, perform: Perform): void {
  saidUntil({
    parent: root,
    name: "pause",
    says: "a healer, or all, acts on nothing",
    example: 'kintsugi pause --until 4h --reason "a migration"',
  })
    .argument("[healer]", "default: all")
    .action((healer: string | undefined, options) =>
      perform(async () => (await import("./verbs/operate.ts")).pause(healer, options, context)),
    );
  saying({ parent: root, name: "resume", says: "a healer, or all, acts again", example: 'kintsugi resume --reason "migrated"' })
    .argument("[healer]", "default: all")
    .action((healer: string | undefined, options) =>
      perform(async () => (await import("./verbs/operate.ts")).resume(healer, options, context)),
    );

  const parent = group(root, "heal", "what healers have not finished", "kintsugi heal list");
  const id = ["<id>", "a target, a heal's id, or its incident's key"] as const;
  const healer = ["--healer <healer>", "where several healers have such a target"] as const;
  asking({
    parent,
    name: "list",
    says: "targets that were given up on, and acts that wait for their proof",
    example: "kintsugi heal list --json",
  }).action((options) => perform(async () => (await import("./verbs/heal.ts")).healList(options, context)));
  saying({ parent, name: "apply", says: "does what a healer proposes", example: 'kintsugi heal apply batch_1 --reason "looked at it"' })
    .argument(...id)
    .option(...healer)
    .action((given: string, options) => perform(async () => (await import("./verbs/heal.ts")).healApply(given, options, context)));
  saying({
    parent,
    name: "release",
    says: "hands a target back to its healer",
    example: 'kintsugi heal release batch_1 --reason "the worker is fixed"',
  })
    .argument(...id)
    .option(...healer)
    .action((given: string, options) => perform(async () => (await import("./verbs/heal.ts")).healRelease(given, options, context)));
}

function gates(root: Command, context: CommandContext, perform: Perform): void {
  const day = ["--day <day>", "the business day, such as 2026-02-04"] as const;
  const parent = group(
    root,
    "gate",
    "asks a gate, or lets it pass",
    "kintsugi gate ask raw-to-analytics --day 2026-02-04 --consumer analytics",
  );
  saidUntil({
    parent,
    name: "ask",
    says: "may this phase start on this data? 1 if it may not",
    example: "kintsugi gate ask raw-to-analytics --day 2026-02-04 --consumer analytics",
  })
    .argument("<gate>")
    .option(...day)
    .option("--consumer <consumer>", "who asks")
    .option("--context <context>", "live (default), backfill or override; an override needs --reason and --until")
    .action((gate: string, options) => perform(async () => (await import("./verbs/gate-ask.ts")).gateAsk(gate, options, context)));
  saidUntil({
    parent,
    name: "override",
    says: "a gate's questions proceed with a warning until a time",
    example: 'kintsugi gate override raw-to-analytics --day 2026-02-04 --until 2h --reason "checked by hand"',
  })
    .argument("<gate>")
    .option(...day)
    .action((gate: string, options) => perform(async () => (await import("./verbs/operate.ts")).gateOverride(gate, options, context)));
  saidUntil({
    parent: root,
    name: "waive",
    says: "an entity can never be there, and a gate waits for it no longer",
    example: 'kintsugi waive raw-to-analytics 0022500714 --reason "the game was cancelled"',
  })
    .argument("<gate>")
    .argument("<entity>", "its id")
    .action((gate: string, entity: string, options) =>
      perform(async () => (await import("./verbs/operate.ts")).waive(gate, entity, options, context)),
    );
}

function letters(root: Command, context: CommandContext, perform: Perform): void {
  const parent = group(root, "dead-letters", "what could not be handled", "kintsugi dead-letters list");
  asking({ parent, name: "list", says: "the oldest first", example: "kintsugi dead-letters list --json" }).action((options) =>
    perform(async () => (await import("./verbs/dead-letters.ts")).letterList(options, context)),
  );
  asking({ parent, name: "show", says: "one, with its reason and its bytes", example: "kintsugi dead-letters show 0123456789abcdef" })
    .argument("<id>")
    .action((id: string, options) => perform(async () => (await import("./verbs/dead-letters.ts")).letterShow(id, options, context)));
  saying({
    parent,
    name: "replay",
    says: "sends the message again as it came, and removes the letter",
    example: 'kintsugi dead-letters replay 0123456789abcdef --reason "the table is back"',
  })
    .argument("<id>")
    .action((id: string, options) => perform(async () => (await import("./verbs/dead-letters.ts")).letterReplay(id, options, context)));
  saying({
    parent,
    name: "drop",
    says: "removes the letter; its message is lost",
    example: 'kintsugi dead-letters drop 0123456789abcdef --reason "sent by mistake"',
  })
    .argument("<id>")
    .action((id: string, options) => perform(async () => (await import("./verbs/dead-letters.ts")).letterDrop(id, options, context)));
}
