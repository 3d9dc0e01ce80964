/** Every statement that this configuration would send, ours included. */

import { listStatements } from "@kintsugi/checks/statements";
import { ownStatements } from "@kintsugi/ledger/statements";
import { ledgerTables } from "@kintsugi/ledger/tables";
import type { Dialect } from "@kintsugi/ports/warehouse";
import { type Common, configuration } from "../configuration.ts";
import { type ExitCode, Refusal, type CommandContext } from "../command-context.ts";

export async function sql(options: Common & { readonly dialect?: string }, context: CommandContext): Promise<ExitCode> {
  const config = await configuration(options, context, "names");
  const dialect = options.dialect ?? (config.warehouse?.kind === "bigquery" ? "bigquery" : "duckdb");
  if (dialect !== "bigquery" && dialect !== "duckdb") throw new Refusal(`--dialect ${dialect} is neither bigquery nor duckdb`);
  const dataset = config.runtime.kind === "gcp" ? config.runtime.dataset : "kintsugi";
  const tables = tablesOf(dataset, dialect);
  const statements = [...listStatements(config, dialect, context.now()), ...ownStatements({ dialect, dataset }, context.now())];
  if (options.json === true) context.out(JSON.stringify({ dialect, tables, statements }));
  else for (const statement of statements) context.out(`-- ${statement.name}\n${statement.sql};\n`);
  return 0;
}

/** On BigQuery people read through views that hold each event once: they count as tables here. */
function tablesOf(dataset: string, dialect: Dialect): readonly { name: string; schema: unknown }[] {
  return ledgerTables.flatMap(({ name, schema }) => [
    { name: `${dataset}.${name}`, schema },
    ...(dialect === "bigquery" ? [{ name: `${dataset}.${name}_unique`, schema }] : []),
  ]);
}
