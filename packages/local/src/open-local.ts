/** Opens a local installation: its ports in one folder, and the engine's parts. */

import { mkdirSync, existsSync } from "node:fs";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { Config } from "@kintsugi/config/model";
import type { Dependencies, FunctionDeclaration } from "@kintsugi/function-kit/declaration";
import { ledgerTables } from "@kintsugi/ledger/tables";
import type { Chat } from "@kintsugi/ports/chat";
import { Failure, messageOf } from "@kintsugi/ports/failure";
import type { Clock } from "@kintsugi/ports/ports";
import type { Warehouse } from "@kintsugi/ports/warehouse";
import { deploymentsFile } from "./deployments-file.ts";
import { duckdbLedger } from "./duckdb-ledger.ts";
import { duckdbFileWarehouse } from "./duckdb-warehouse.ts";
import { configuredFunctions, subscriptionsOf } from "./functions.ts";
import { gitHistory } from "./git-history.ts";
import { sqliteBus, type SqliteBus } from "./sqlite-bus.ts";
import { openSqlite } from "./sqlite-database.ts";
import { sqliteDocuments, type SqliteDocuments } from "./sqlite-documents.ts";
import { terminalChat, type TerminalLine } from "./terminal-chat.ts";

export type LocalSystem = {
  readonly config: Config;
  readonly dependencies: Dependencies;
  readonly documents: SqliteDocuments;
  readonly bus: SqliteBus;
  readonly declarations: readonly FunctionDeclaration[];
  close(): void;
};

export type LocalOptions = {
  readonly clock: Clock;
  /** Without one, messages go to the terminal. */
  readonly chat?: Chat;
  /** Instead of the configured one. */
  readonly warehouse?: Warehouse;
  readonly write: (line: TerminalLine) => void;
};

/** @throws a needs-human Failure with the remedy when something that is needed cannot be opened */
export function openLocal(config: Config, options: LocalOptions): LocalSystem {
  const { clock } = options;
  const folder = localFolder(config);
  mkdirSync(folder, { recursive: true });
  const database = openSqlite(join(folder, "kintsugi.db"));
  const declarations = configuredFunctions(config);
  const bus = sqliteBus(database, { subscriptions: subscriptionsOf(declarations), clock });
  const documents = sqliteDocuments(database, bus);
  const ledgerFile = lazyDuckdb(join(folder, "ledger.duckdb"));
  const dependencies: Dependencies = {
    config,
    clock,
    bus,
    documents,
    warehouse: options.warehouse ?? warehouseOf(config),
    ledger: duckdbLedger(ledgerFile.connect, ledgerTables),
    chat: options.chat ?? terminalChat(documents, clock.now, options.write),
    deployments: config.drift === undefined ? absent("deployments") : deploymentsFile(config.drift.deployments.file),
    history: config.drift === undefined ? absent("history") : gitHistory(config.drift.history.git, config.drift.history.branch),
  };
  return {
    config,
    dependencies,
    documents,
    bus,
    declarations,
    close() {
      ledgerFile.close();
      database.close();
    },
  };
}

/** What must be there before anything starts; a query that fails later is a verdict, not an error. */
export async function checkNeeds(config: Config, warehouse: Warehouse): Promise<void> {
  if (config.warehouse?.kind === "duckdb") {
    if (!existsSync(config.warehouse.path)) throw new Failure("needs-human", `the warehouse ${config.warehouse.path} does not exist: check warehouse.duckdb in ${config.file}`);
    await warehouse.query("SELECT 1");
  }
  if (config.drift !== undefined) {
    await gitHistory(config.drift.history.git, config.drift.history.branch).undeployed({ serving: "HEAD", paths: [] });
  }
}

export function localFolder(config: Config): string {
  if (config.runtime.kind !== "local") throw new Failure("needs-human", `${config.file} names runtime.gcp: this command works on a local folder (runtime: { local: .kintsugi })`);
  return config.runtime.folder;
}

function warehouseOf({ warehouse, directory }: Config): Warehouse {
  if (warehouse?.kind === "duckdb") return duckdbFileWarehouse(warehouse.path, directory);
  const reason = warehouse === undefined ? "no warehouse is configured: set `warehouse: { duckdb: FILE }`" : "a local host does not ask BigQuery yet";
  return {
    dialect: "duckdb",
    query: async () => {
      throw new Failure("permanent", reason);
    },
  };
}

function lazyDuckdb(path: string): { connect(): Promise<DuckDBConnection>; close(): void } {
  let instance: DuckDBInstance | undefined;
  let connection: DuckDBConnection | undefined;
  return {
    async connect() {
      try {
        instance = await DuckDBInstance.create(path);
        connection = await instance.connect();
        return connection;
      } catch (error) {
        throw new Failure("transient", `the ledger ${path} cannot be opened (${messageOf(error).split("\n")[0]})`, { cause: error });
      }
    },
    close() {
      connection?.closeSync();
      instance?.closeSync();
    },
  };
}

function absent<T extends object>(port: string): T {
  return new Proxy({} as T, {
    get: () => async () => {
      throw new Failure("permanent", `${port} are not configured`);
    },
  });
}
