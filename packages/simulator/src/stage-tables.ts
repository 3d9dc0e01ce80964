/** The user's tables: only a step of the story changes them, so between two steps a statement is asked once. */

import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { duckdbWarehouse } from "@kintsugi/local/duckdb-warehouse";
import type { Warehouse } from "@kintsugi/ports/warehouse";
import { sqlClock } from "./sql-clock.ts";

export type StageTables = {
  /** For the ledger, which stands in the same database. */
  readonly connection: DuckDBConnection;
  /** What the functions look at. */
  readonly warehouse: Warehouse;
  /** A change, by a step. */
  change(sql: string): Promise<void>;
  rows(sql: string): Promise<readonly (readonly unknown[])[]>;
  close(): void;
};

/** What a statement says may differ without a change of the tables: our own ledger, chance, the clock, a file. */
const UNSTEADY = /kintsugi\.|random|uuid|read_/i;
const MOST_REMEMBERED = 10_000;

/** @param directory what relative paths inside a scenario's SQL are relative to */
export async function openStageTables(directory: string, now: () => number): Promise<StageTables> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  // A story's tables are small: handing work to threads takes longer than the work.
  await connection.run("SET threads = 1");
  await connection.run(`SET file_search_path = '${directory.replaceAll("'", "''")}'`);
  const warehouse = duckdbWarehouse(async () => connection);
  const clock = sqlClock(connection, now);
  const answers = new Map<string, Promise<unknown>>();

  function ask<T>(question: string, look: () => Promise<T>): Promise<T> {
    const known = answers.get(question) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const answer = look();
    if (answers.size >= MOST_REMEMBERED) answers.clear();
    answers.set(question, answer);
    answer.catch(() => answers.delete(question));
    return answer;
  }

  return {
    connection,
    warehouse: {
      dialect: warehouse.dialect,
      async query(sql) {
        await clock.tell(sql);
        return await (clock.isAsked(sql) || UNSTEADY.test(sql) ? warehouse.query(sql) : ask(sql, () => warehouse.query(sql)));
      },
      columns: (table) => ask(`columns of ${table}`, () => warehouse.columns(table)),
    },
    async change(sql) {
      answers.clear();
      await clock.tell(sql);
      await connection.run(sql);
    },
    async rows(sql) {
      await clock.tell(sql);
      return (await connection.runAndReadAll(sql)).getRowsJson();
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
