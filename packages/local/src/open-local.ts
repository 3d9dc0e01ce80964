/** The ports of a local installation, from its folder and what the configuration names. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { Config } from "@kintsugi/config/model";
import { formatProblem } from "@kintsugi/config/problem";
import type { Dependencies, FunctionDeclaration } from "@kintsugi/function-kit/declaration";
import { ledgerTables } from "@kintsugi/ledger/tables";
import { fetchWebhook } from "@kintsugi/notify/fetch-webhook";
import type { Chat } from "@kintsugi/ports/chat";
import type { Deployments } from "@kintsugi/ports/deployments";
import { Failure, messageOf } from "@kintsugi/ports/failure";
import type { History } from "@kintsugi/ports/history";
import type { Clock } from "@kintsugi/ports/ports";
import { columnProblems } from "./column-problems.ts";
import { deploymentsFile } from "./deployments-file.ts";
import { duckdbLedger } from "./duckdb-ledger.ts";
import { duckdbFileWarehouse, type FileWarehouse } from "./duckdb-warehouse.ts";
import { configuredFunctions, subscriptionsOf } from "./functions.ts";
import { gitHistory } from "./git-history.ts";
import { makePrivateFile, makePrivateFolder, restrict } from "./private-files.ts";
import { sqliteBus, type SqliteBus } from "./sqlite-bus.ts";
import { openSqlite } from "./sqlite-database.ts";
import { sqliteDocuments, type SqliteDocuments } from "./sqlite-documents.ts";
import { terminalChat, type TerminalLine } from "./terminal-chat.ts";

export type LocalOptions = {
  /** Who sleeps, sleeps in real time by default. */
  readonly clock: Pick<Clock, "now"> & Partial<Clock>;
  /** Default: the terminal. */
  readonly chat?: Chat | undefined;
  /** Gets what the terminal's chat says. */
  readonly say: (line: TerminalLine) => void;
};

export type Local = {
  readonly config: Config;
  readonly declarations: readonly FunctionDeclaration[];
  readonly dependencies: Dependencies;
  readonly database: DatabaseSync;
  readonly bus: SqliteBus;
  readonly documents: SqliteDocuments;
  /** Ends what the warehouse is being asked: its asker hears that it could not look. */
  interrupt(): void;
  close(): void;
};

/** @throws a needs-human Failure for a folder or file that cannot be used */
export function openLocal(config: Config, { clock: given, chat, say }: LocalOptions): Local {
  const clock: Clock = { sleep: (ms) => pause(ms), ...given };
  const folder = localFolder(config);
  makePrivateFolder(folder);
  const file = join(folder, "kintsugi.db");
  makePrivateFile(file);
  const sqlite = openSqlite(file);
  const declarations = configuredFunctions(config);
  const bus = sqliteBus(sqlite, { subscriptions: subscriptionsOf(declarations), clock });
  const documents = sqliteDocuments(sqlite, bus);
  const warehouse = warehouseOf(config);
  const ledgerFile = duckdbFile(join(folder, "ledger.duckdb"));
  const dependencies: Dependencies = {
    config,
    clock,
    bus,
    documents,
    warehouse,
    ledger: duckdbLedger(ledgerFile.connect, ledgerTables),
    chat: chat ?? terminalChat(documents, () => clock.now(), say),
    sendWebhook: fetchWebhook(fetch),
    deployments: config.drift === undefined ? noDeployments : deploymentsFile(config.drift.deployments.file),
    history: config.drift === undefined ? noHistory : gitHistory(config.drift.history.git, config.drift.history.branch),
  };
  return {
    config,
    declarations,
    dependencies,
    database: sqlite.database,
    bus,
    documents,
    interrupt: () => warehouse.interrupt(),
    close() {
      ledgerFile.close();
      sqlite.close();
    },
  };
}

export function localFolder({ runtime }: Config): string {
  if (runtime.kind === "local") return runtime.folder;
  throw new Failure(
    "needs-human",
    "the configuration names runtime.gcp, and this runs on one machine: give `runtime: { local: .kintsugi }`",
  );
}

/**
 * What must be there before the functions start; each failure names its remedy.
 * Returns what some checks would need and is not there: their runs say so, and nothing else waits for it.
 */
export async function checkLocal(local: Local): Promise<readonly string[]> {
  const { config } = local;
  const { warehouse } = config;
  if (warehouse?.kind === "bigquery")
    throw new Failure("needs-human", "the local host does not ask BigQuery yet: give `warehouse: { duckdb: FILE }`");
  if (warehouse !== undefined && !existsSync(warehouse.path)) {
    throw new Failure("needs-human", `the warehouse ${warehouse.path} does not exist: check warehouse.duckdb in ${config.file}`);
  }
  if (warehouse !== undefined) await checkWarehouse(local, warehouse.path);
  await checkLedger(local);
  const columns = warehouse === undefined ? [] : await columnProblems(config, local.dependencies.warehouse);
  return [...columns.map(formatProblem), ...(await historyProblems(local))];
}

/** Another process may hold it just now, and lets it go; what is no database will be none later either. */
async function checkWarehouse({ config, dependencies }: Local, path: string): Promise<void> {
  try {
    await dependencies.warehouse.query("SELECT 1 AS one");
  } catch (error) {
    const reason = error instanceof Failure ? messageOf(error.cause ?? error) : messageOf(error);
    if (/\block\b/i.test(reason)) return;
    throw new Failure("needs-human", `the warehouse ${path} cannot be read (${reason}): check warehouse.duckdb in ${config.file}`, {
      cause: error,
    });
  }
}

async function historyProblems({ config, dependencies }: Local): Promise<readonly string[]> {
  if (config.drift === undefined || config.drift.services.length === 0) return [];
  try {
    await dependencies.history.tip();
    return [];
  } catch (error) {
    return [messageOf(error)];
  }
}

/** @throws a needs-human Failure that names the remedy when the ledger's file cannot be read */
export async function checkLedger({ config, dependencies }: Local): Promise<void> {
  try {
    await dependencies.ledger.query("SELECT 1 AS one");
  } catch (error) {
    const file = join(localFolder(config), "ledger.duckdb");
    throw new Failure(
      "needs-human",
      `${file} cannot be opened (${messageOf(error)}): close it in the process that holds it, or restore it`,
      { cause: error },
    );
  }
}

function duckdbFile(path: string): { connect: () => Promise<DuckDBConnection>; close: () => void } {
  let instance: DuckDBInstance | undefined;
  let connection: DuckDBConnection | undefined;
  return {
    async connect() {
      // Its library is large, and many verbs have no use for it.
      instance ??= await (await import("@duckdb/node-api")).DuckDBInstance.create(path);
      restrict(path, 0o600);
      connection ??= await instance.connect();
      return connection;
    },
    close() {
      connection?.closeSync();
      instance?.closeSync();
      connection = undefined;
      instance = undefined;
    },
  };
}

function warehouseOf({ warehouse, directory }: Config): FileWarehouse {
  if (warehouse?.kind === "duckdb") return duckdbFileWarehouse(warehouse.path, directory);
  const missing = () => Promise.reject(new Failure("permanent", "no warehouse configured: give `warehouse: { duckdb: FILE }`"));
  return { dialect: "duckdb", query: missing, columns: missing, interrupt() {} };
}

const missingDeployments = (): Promise<never> =>
  Promise.reject(new Failure("permanent", "no deployments configured: give drift.deployments"));
const noDeployments: Deployments = { revisions: missingDeployments, services: missingDeployments };
const missingHistory = (): Promise<never> => Promise.reject(new Failure("permanent", "no history configured: give drift.history"));
const noHistory: History = { tip: missingHistory, undeployed: missingHistory };
