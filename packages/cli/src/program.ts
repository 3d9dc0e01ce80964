/** The command line: verbs, flags, help. */

import { Command } from "commander";
import type { CommandContext } from "./command-context.ts";
import { operatorVerbs, type Verb } from "./operator-verbs.ts";

const LATER = ["check", "causes", "prevent", "report", "verify", "drill", "doctor", "infra"] as const;

/** @param perform runs the chosen verb; verbs are loaded when they are asked for, since DuckDB takes its time */
export function program(context: CommandContext, perform: (verb: Verb) => Promise<void>): Command {
  const root = new Command("kintsugi")
    .description("Watches event-driven data pipelines, heals what it can, records every repair, and tells people once.")
    .version(context.version)
    .showHelpAfterError("(see kintsugi --help)");
  const verb = (name: string, description: string, example: string): Command =>
    root
      .command(name)
      .description(description)
      .option("--json", "one JSON document instead of text")
      .addHelpText("after", `\nExample:\n  ${example}`);
  const configured = (name: string, description: string, example: string): Command =>
    verb(name, description, example).option("--config <file>", "kintsugi.yaml; else ./kintsugi.yaml or the nearest one upward");

  configured("run", "run the configured functions until Ctrl-C", "kintsugi run --config kintsugi.yaml --port 8787")
    .argument("[functions...]", "with --once: these functions only")
    .option("--port <number>", "port on 127.0.0.1; 0 takes a free one (default 8787)")
    .option("--once", "run each function once, deliver what follows, and end")
    .action((functions: string[], options) => perform(async () => (await import("./verbs/run.ts")).run(functions, options, context)));
  verb("test", "do scenario files hold?", "kintsugi test test/scenarios/*.yaml --seeds 1..20 --chaos reorder")
    .argument("<files...>")
    .option("--junit <file>", "also write JUnit XML")
    .option("--seeds <range>", "one seed, or a range such as 1..1000")
    .option("--chaos <kind>", "none, redeliver, reorder, crash or storm; overrides the file")
    .option("--trace", "tell all that happens, on stderr")
    .action((files: string[], options) => perform(async () => (await import("./verbs/test.ts")).test(files, options, context)));

  const config = root
    .command("config")
    .description("the configuration")
    .addHelpText("after", "\nExample:\n  kintsugi config check kintsugi.yaml");
  config
    .command("check")
    .description("is the configuration right? every problem at once")
    .argument("[file]")
    .option("--config <file>", "the same as FILE")
    .option("--json", "one JSON document instead of text")
    .addHelpText("after", "\nExample:\n  kintsugi config check kintsugi.yaml")
    .action((file: string | undefined, options) =>
      perform(async () => (await import("./verbs/config-check.ts")).configCheck(file, options, context)),
    );

  configured("status", "what is open, what waits, who was heard", "kintsugi status --json").action((options) =>
    perform(async () => (await import("./verbs/status.ts")).status(options, context)),
  );
  configured("why", "why was this decided?", "kintsugi why heal_0123456789ab")
    .argument("<id>", "an incident's key, a heal, a target, a gate, a decision, a message or a dead letter")
    .option("--day <day>", "only what was said of this business day")
    .action((id: string, options) => perform(async () => (await import("./verbs/why.ts")).why(id, options, context)));
  configured("analyze", "what was healed, how well, from what causes", "kintsugi analyze --since 7d")
    .option("--since <time>", "a duration such as 7d, or a time; default: all")
    .option("--until <time>", "a duration, or a time; default: now")
    .action((options) => perform(async () => (await import("./verbs/analyze.ts")).analyze(options, context)));
  configured("sql", "every statement that this configuration would send", "kintsugi sql --dialect bigquery --json")
    .option("--dialect <dialect>", "bigquery or duckdb; default: the configured warehouse's")
    .action((options) => perform(async () => (await import("./verbs/sql.ts")).sql(options, context)));
  configured(
    "publish",
    "hand one event, or one per line, to the bus",
    `echo '{"type":"healing.completed","healing_type":"retry"}' | kintsugi publish healing -`,
  )
    .argument("<topic>")
    .argument("<file>", "a file, or - for standard input")
    .action((topic: string, file: string, options) =>
      perform(async () => (await import("./verbs/publish.ts")).publish(topic, file, options, context)),
    );

  operatorVerbs(root, context, perform);
  documents(root, context, perform);
  root
    .command("demo")
    .description("play a week of the example pipeline (what `npm start` does)")
    .option("--pace <pace>", "slow, normal, fast or none")
    .option("--scene <names>", "quiet, drift, gate, healing; several with commas")
    .addHelpText("after", "\nExample:\n  kintsugi demo --pace fast --scene gate")
    .action((options) => perform(async () => (await import("./verbs/demo.ts")).demo(options, context)));
  for (const name of LATER) {
    root
      .command(name, { hidden: true })
      .allowUnknownOption()
      .helpOption(false)
      .argument("[rest...]")
      .action(() =>
        perform(async () => {
          context.remark(`kintsugi ${name} is not there yet; see kintsugi --help for what is`);
          return 2;
        }),
      );
  }
  return root;
}

function documents(root: Command, context: CommandContext, perform: (verb: Verb) => Promise<void>): void {
  const doc = root
    .command("doc")
    .description("documents of the local store")
    .addHelpText("after", "\nExample:\n  kintsugi doc list prediction_batches");
  const verb = (name: string, description: string, example: string): Command =>
    doc
      .command(name)
      .description(description)
      .option("--config <file>", "kintsugi.yaml")
      .option("--json", "one JSON document instead of text")
      .addHelpText("after", `\nExample:\n  ${example}`);
  verb("get", "one document", "kintsugi doc get prediction_batches/batch_1")
    .argument("<path>", "COLLECTION/ID")
    .action((path: string, options) => perform(async () => (await import("./verbs/doc.ts")).docGet(path, options, context)));
  verb("set", "sets fields of a document", `kintsugi doc set prediction_batches/batch_1 '{"is_complete": false}'`)
    .argument("<path>", "COLLECTION/ID")
    .argument("<json>")
    .action((path: string, json: string, options) =>
      perform(async () => (await import("./verbs/doc.ts")).docSet(path, json, options, context)),
    );
  verb("list", "a collection's documents", "kintsugi doc list prediction_batches")
    .argument("<collection>")
    .action((collection: string, options) => perform(async () => (await import("./verbs/doc.ts")).docList(collection, options, context)));
  verb("delete", "removes a document", "kintsugi doc delete prediction_batches/batch_1")
    .argument("<path>", "COLLECTION/ID")
    .action((path: string, options) => perform(async () => (await import("./verbs/doc.ts")).docDelete(path, options, context)));
}
