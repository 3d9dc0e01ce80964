/** The ledger's tables in BigQuery. A row may be written twice; people and our queries read the views, which have each event once. */

import type { JsonObject } from "@kintsugi/ports/json";
import type { LedgerTables } from "@kintsugi/ports/warehouse";
import { type BigQueryOptions, bigqueryClient, bigqueryRunner } from "./bigquery-warehouse.ts";
import { bigqueryFailure } from "./bigquery-rows.ts";

/** Recommended for one request: https://cloud.google.com/bigquery/quotas#streaming_inserts */
const ROWS_PER_REQUEST = 500;

/** @param key the column that names a row: BigQuery drops a repeat that comes within about a minute */
export function bigqueryLedger(options: BigQueryOptions & { readonly dataset: string; readonly key: string }): LedgerTables {
  const connect = bigqueryClient(options);
  return {
    dialect: "bigquery",
    async append(table, rows) {
      try {
        const target = (await connect()).dataset(options.dataset).table(table);
        for (let from = 0; from < rows.length; from += ROWS_PER_REQUEST) {
          const part = rows.slice(from, from + ROWS_PER_REQUEST).map((row) => ({ insertId: String(row[options.key]), json: textsOf(row) }));
          await target.insert(part, { raw: true });
        }
      } catch (error) {
        throw bigqueryFailure(error);
      }
    },
    query: bigqueryRunner(connect, options),
  };
}

/** A JSON column takes its value as text. */
function textsOf(row: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value !== null && typeof value === "object" ? JSON.stringify(value) : value]),
  );
}
