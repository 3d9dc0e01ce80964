/** The user's tables in BigQuery: every query has a byte cap, and says what it was billed. */

import { DEADLINE_MS } from "@kintsugi/function-kit/deadlines";
import type { BigQuery } from "@google-cloud/bigquery";
import type { Column, QueryResult, Warehouse } from "@kintsugi/ports/warehouse";
import { z } from "zod";
import { bigqueryFailure, columnType, rowOf, typesOf } from "./bigquery-rows.ts";
import { withDeadline } from "./deadline.ts";

export type BigQueryOptions = {
  readonly project: string;
  readonly location: string;
  /** The most that one query may bill; BigQuery refuses the query beyond it, free of charge. At least 10 MiB. */
  readonly maxBytes: number;
  /** Of one statement, and of each call. Default: as of all calls out. */
  readonly deadlineMs?: number | undefined;
};

const Statistics = z.object({ statistics: z.object({ query: z.object({ totalBytesBilled: z.coerce.number() }).optional() }).optional() });

export type RunQuery = (sql: string) => Promise<QueryResult>;

/** The client is made with the first query: a cold start must not wait for it. */
export function bigqueryClient({ project, location, deadlineMs = DEADLINE_MS }: BigQueryOptions): () => Promise<BigQuery> {
  let client: Promise<BigQuery> | undefined;
  const connect = async (): Promise<BigQuery> => {
    const { BigQuery: Client } = await import("./bigquery-client.ts");
    // Whoever asks comes again by itself; the client's own waiting could outlive the function.
    const client = new Client({ projectId: project, location, autoRetry: false, maxRetries: 0 });
    client.timeout = deadlineMs;
    return client;
  };
  return () => (client ??= connect());
}

export function bigqueryRunner(
  connect: () => Promise<BigQuery>,
  { maxBytes, deadlineMs = DEADLINE_MS }: Pick<BigQueryOptions, "maxBytes" | "deadlineMs">,
): RunQuery {
  async function query(sql: string): Promise<QueryResult> {
    const client = await connect();
    // BigQuery itself ends a job at its time limit, so nothing runs on that nobody waits for.
    const limits = { maximumBytesBilled: String(maxBytes), jobTimeoutMs: deadlineMs };
    const [job] = await client.createQueryJob({ query: sql, useLegacySql: false, ...limits });
    const [rows] = await job.getQueryResults({ timeoutMs: deadlineMs, wrapIntegers: true });
    const [metadata] = await job.getMetadata();
    return {
      rows: rows.map((row: Record<string, unknown>) => rowOf(row)),
      types: typesOf(rows),
      bytes: Statistics.parse(metadata).statistics?.query?.totalBytesBilled ?? 0,
    };
  }

  return async function run(sql) {
    try {
      return await withDeadline(query(sql), "warehouse", deadlineMs);
    } catch (error) {
      throw bigqueryFailure(error);
    }
  };
}

const TableMetadata = z.object({
  schema: z
    .object({ fields: z.array(z.object({ name: z.string(), type: z.string(), mode: z.string().optional() })).optional() })
    .optional(),
});

/** Asks for the table's metadata, which bills nothing. */
async function columnsOf(client: BigQuery, table: string): Promise<readonly Column[]> {
  const [name = "", dataset = "", projectId] = table.split(".").toReversed();
  const owner = client.dataset(dataset, projectId === undefined ? {} : { projectId });
  const [metadata] = await owner.table(name).getMetadata();
  return (TableMetadata.parse(metadata).schema?.fields ?? []).map((field) => ({
    name: field.name,
    type: field.mode === "REPEATED" ? "other" : columnType(field.type),
  }));
}

export function bigqueryWarehouse(options: BigQueryOptions): Warehouse {
  const connect = bigqueryClient(options);
  return {
    dialect: "bigquery",
    query: bigqueryRunner(connect, options),
    async columns(table) {
      try {
        return await withDeadline(
          connect().then((client) => columnsOf(client, table)),
          "warehouse",
          options.deadlineMs,
        );
      } catch (error) {
        throw bigqueryFailure(error);
      }
    },
  };
}
