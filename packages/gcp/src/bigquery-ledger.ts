/** The ledger's tables in BigQuery. A row may be written twice; people and our queries read the views, which have each event once. */

import { Failure } from "@kintsugi/ports/failure";
import type { JsonObject } from "@kintsugi/ports/json";
import type { LedgerTables } from "@kintsugi/ports/warehouse";
import { bigqueryFailure } from "./bigquery-rows.ts";
import { type BigQueryOptions, bigqueryClient, bigqueryRunner } from "./bigquery-warehouse.ts";
import { withDeadline } from "./deadline.ts";

/** Recommended for one request: https://cloud.google.com/bigquery/quotas#streaming_inserts */
const ROWS_PER_REQUEST = 500;
/** A request takes 10 MB, with what surrounds the rows. */
const BYTES_PER_REQUEST = 8_000_000;

/** `insertId`: BigQuery drops a repeat of it that comes within about a minute. */
type Inserted = { readonly insertId: string; readonly json: JsonObject };

/** @param key the column that names a row */
export function bigqueryLedger(options: BigQueryOptions & { readonly dataset: string; readonly key: string }): LedgerTables {
  const connect = bigqueryClient(options);

  async function insert(table: string, rows: Inserted[]): Promise<void> {
    await (await connect()).dataset(options.dataset).table(table).insert(rows, { raw: true });
  }

  return {
    dialect: "bigquery",
    async append(table, rows) {
      const inserted = rows.map((row) => ({ insertId: String(row[options.key]), json: textsOf(row) }));
      try {
        for (const request of requestsOf(inserted)) await withDeadline(insert(table, request), "warehouse", options.deadlineMs);
      } catch (error) {
        throw appendFailure(error);
      }
    },
    query: bigqueryRunner(connect, options),
  };
}

function requestsOf(rows: readonly Inserted[]): readonly Inserted[][] {
  const requests: Inserted[][] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = Buffer.byteLength(JSON.stringify(row));
    const last = requests.at(-1);
    if (last !== undefined && last.length < ROWS_PER_REQUEST && bytes + size <= BYTES_PER_REQUEST) {
      last.push(row);
      bytes += size;
    } else {
      requests.push([row]);
      bytes = size;
    }
  }
  return requests;
}

type RowError = { readonly reason?: string; readonly message?: string };

/**
 * Permanent only where a row is at fault. Of a request with one bad row BigQuery says `invalid` of that row and `stopped` of the others.
 * A table, or a column of it, that is not there is people's to mend: the rows are good, and wait.
 */
function appendFailure(error: unknown): Failure {
  const { name, errors = [] } = error as { name?: string; errors?: readonly { readonly errors?: readonly RowError[] }[] };
  const ofRows = name === "PartialFailureError" ? errors.flatMap((row) => row.errors ?? []) : [];
  const fault = ofRows.find(({ reason }) => reason !== "stopped");
  const failure = bigqueryFailure(fault === undefined ? error : { errors: [fault], code: 400 });
  if (failure.failure !== "permanent") return failure;
  if (error instanceof Failure) return failure;
  const isOfRow = fault?.reason === "invalid" ? !/^no such field/i.test(fault.message ?? "") : isBadRequest(error);
  return isOfRow ? failure : new Failure("needs-human", failure.message, { cause: error, about: "warehouse" });
}

/** A request that is refused as a whole, as where a row's time lies outside all partitions that can be streamed to. */
function isBadRequest(error: unknown): boolean {
  return (error as { code?: unknown }).code === 400;
}

/** A JSON column takes its value as text. */
function textsOf(row: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value !== null && typeof value === "object" ? JSON.stringify(value) : value]),
  );
}
