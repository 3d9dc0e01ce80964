/** The user's warehouse in a DuckDB file: looked at read only, and let go between looks, since the file allows one process at a time. */

import { existsSync } from "node:fs";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { Failure, messageOf } from "@kintsugi/ports/failure";
import type { Warehouse } from "@kintsugi/ports/warehouse";
import { queryRows } from "./duckdb-rows.ts";

/** @param connect a connection that stays open, as on the simulator's stage */
export function duckdbWarehouse(connect: () => Promise<DuckDBConnection>): Warehouse {
  return { dialect: "duckdb", query: async (sql) => ({ rows: await queryRows(await connect(), sql), bytes: 0 }) };
}

/** Between the queries of one run the file stays open; so long after the last one it is let go. */
const IDLE_MS = 25;

type Opened = { readonly instance: DuckDBInstance; readonly connection: DuckDBConnection };

/** @param directory what relative paths inside the user's SQL are relative to */
export function duckdbFileWarehouse(path: string, directory: string): Warehouse {
  let opened: Promise<Opened> | undefined;
  let using = 0;
  let timer: NodeJS.Timeout | undefined;

  async function open(): Promise<Opened> {
    if (!existsSync(path)) throw missing(path);
    const instance = await openReadOnly(path);
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    await connection.run(`SET file_search_path = '${directory.replaceAll("'", "''")}'`);
    return { instance, connection };
  }

  function letGo(): void {
    if (using > 0 || opened === undefined) return;
    const closing = opened;
    opened = undefined;
    void closing.then(
      ({ connection, instance }) => {
        connection.closeSync();
        instance.closeSync();
      },
      () => {},
    );
  }

  return {
    dialect: "duckdb",
    async query(sql) {
      clearTimeout(timer);
      using++;
      try {
        opened ??= open();
        return { rows: await queryRows((await opened).connection, sql), bytes: 0 };
      } catch (error) {
        if (error instanceof Failure && error.failure === "transient") opened = undefined;
        throw error;
      } finally {
        using--;
        clearTimeout(timer);
        timer = setTimeout(letGo, IDLE_MS);
      }
    },
  };
}

async function openReadOnly(path: string): Promise<DuckDBInstance> {
  try {
    return await DuckDBInstance.create(path, { access_mode: "READ_ONLY" });
  } catch (error) {
    throw new Failure(
      "transient",
      `the warehouse ${path} cannot be opened (${messageOf(error).split("\n")[0]}): another process may hold it; close it there`,
      { cause: error, about: "warehouse" },
    );
  }
}

function missing(path: string): Failure {
  return new Failure("transient", `the warehouse ${path} does not exist: is the path in kintsugi.yaml right?`, { about: "warehouse" });
}
