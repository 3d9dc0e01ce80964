/** The user's warehouse in a DuckDB file: looked at read only, one SELECT at a time and connection, and let go between looks, since the file allows one process at a time. */

import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { Failure, messageOf } from "@kintsugi/ports/failure";
import { textLiteral } from "@kintsugi/ports/sql-text";
import type { Warehouse } from "@kintsugi/ports/warehouse";
import { describeTable, selectTyped } from "./duckdb-rows.ts";

/** @param connect a connection that stays open, as on the simulator's stage */
export function duckdbWarehouse(connect: () => Promise<DuckDBConnection>): Warehouse {
  return {
    dialect: "duckdb",
    query: async (sql) => await selectTyped(await connect(), sql),
    columns: async (table) => await describeTable(await connect(), table),
  };
}

export type FileWarehouse = Warehouse & {
  /** Ends what is being asked, so that whoever stops need not wait for it. */
  interrupt(): void;
};

/** Between the queries of one run the file stays open; so long after the last one it is let go. */
const IDLE_MS = 25;
/** As of a scheduled function's query in the cloud. */
const DEADLINE_MS = 25_000;
/** A loader that holds the file for a moment is waited for. */
const OPENING_PAUSES_MS = [50, 100, 200, 400, 800, 1_600];
/** A statement that needs more is the check's fault, and must not take the machine with it. */
const MEMORY = "2GB";

/**
 * @param directory what relative paths inside the user's SQL are relative to
 * @param deadlineMs after which a statement is stopped
 */
export function duckdbFileWarehouse(path: string, directory: string, deadlineMs = DEADLINE_MS): FileWarehouse {
  let opened: Promise<DuckDBInstance> | undefined;
  const asking = new Set<DuckDBConnection>();
  let using = 0;
  let timer: NodeJS.Timeout | undefined;

  function letGo(): void {
    if (using > 0 || opened === undefined) return;
    const closing = opened;
    opened = undefined;
    void closing.then(
      (instance) => instance.closeSync(),
      () => {},
    );
  }

  async function ask<T>(look: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    opened ??= open(path, directory).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    const connection = await (await opened).connect();
    asking.add(connection);
    let isLate = false;
    const deadline = setTimeout(() => {
      isLate = true;
      connection.interrupt();
    }, deadlineMs);
    try {
      return await look(connection);
    } catch (error) {
      throw isLate ? new Failure("transient", `took longer than ${deadlineMs / 1_000} s, and was stopped`, { cause: error }) : error;
    } finally {
      clearTimeout(deadline);
      asking.delete(connection);
      connection.closeSync();
    }
  }

  async function use<T>(look: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    clearTimeout(timer);
    using++;
    try {
      return await ask(look);
    } finally {
      using--;
      clearTimeout(timer);
      timer = setTimeout(letGo, IDLE_MS);
    }
  }

  return {
    dialect: "duckdb",
    query: (sql) => use((connection) => selectTyped(connection, sql)),
    columns: (table) => use((connection) => describeTable(connection, table)),
    interrupt: () => asking.forEach((connection) => connection.interrupt()),
  };
}

async function open(path: string, directory: string): Promise<DuckDBInstance> {
  const instance = await openReadOnly(path);
  const connection = await instance.connect();
  for (const setting of confinement(path, directory)) await connection.run(setting);
  connection.closeSync();
  return instance;
}

/** A statement of a configuration reads tables, and files beside them; it writes nothing, loads nothing, and asks no network. */
function confinement(path: string, directory: string): readonly string[] {
  const quoted = (text: string): string => textLiteral("duckdb", text);
  return [
    "SET GLOBAL TimeZone = 'UTC'",
    `SET GLOBAL file_search_path = ${quoted(directory)}`,
    `SET GLOBAL memory_limit = '${MEMORY}'`,
    `SET GLOBAL allowed_directories = [${[dirname(path), directory].map(quoted).join(", ")}]`,
    "SET GLOBAL enable_external_access = false",
    "SET GLOBAL lock_configuration = true",
  ];
}

async function openReadOnly(path: string): Promise<DuckDBInstance> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  for (let attempt = 0; ; attempt++) {
    if (!existsSync(path)) throw missing(path);
    try {
      return await DuckDBInstance.create(path, { access_mode: "READ_ONLY" });
    } catch (error) {
      const pauseMs = OPENING_PAUSES_MS[attempt];
      if (pauseMs === undefined || !/\block\b/i.test(messageOf(error))) throw unopened(path, error);
      await pause(pauseMs);
    }
  }
}

function unopened(path: string, error: unknown): Failure {
  return new Failure(
    "transient",
    `the warehouse ${path} cannot be opened (${messageOf(error).split("\n")[0]}): another process may hold it; close it there`,
    { cause: error, about: "warehouse" },
  );
}

function missing(path: string): Failure {
  return new Failure("transient", `the warehouse ${path} does not exist: is the path in kintsugi.yaml right?`, { about: "warehouse" });
}
