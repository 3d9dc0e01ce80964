/** The user's tables in BigQuery: every query has a byte cap, and says what it was billed. */

import type { BigQuery } from "@google-cloud/bigquery";
import { Failure } from "@kintsugi/ports/failure";
import type { QueryResult, Warehouse } from "@kintsugi/ports/warehouse";
import { z } from "zod";
import { bigqueryFailure, rowOf } from "./bigquery-rows.ts";

export type BigQueryOptions = {
  readonly project: string;
  readonly location: string;
  /** The most that one query may bill; BigQuery refuses the query beyond it, free of charge. At least 10 MiB. */
  readonly maxBytes: number;
};

const QUERY_TIMEOUT_MS = 60_000;

const Statistics = z.object({ statistics: z.object({ query: z.object({ totalBytesBilled: z.coerce.number() }).optional() }).optional() });

export type RunQuery = (sql: string) => Promise<QueryResult>;

/** The client is made with the first query: a cold start must not wait for it. */
export function bigqueryClient({ project, location }: BigQueryOptions): () => Promise<BigQuery> {
  let client: Promise<BigQuery> | undefined;
  const connect = async (): Promise<BigQuery> => {
    const { BigQuery: Client } = await import("./bigquery-client.ts");
    // Whoever asks comes again by itself; the client's own waiting could outlive the function.
    return new Client({ projectId: project, location, autoRetry: false, maxRetries: 0 });
  };
  return () => (client ??= connect());
}

export function bigqueryRunner(connect: () => Promise<BigQuery>, { maxBytes }: Pick<BigQueryOptions, "maxBytes">): RunQuery {
  return async function run(sql) {
    try {
      const client = await connect();
      const [job] = await client.createQueryJob({
        query: sql,
        useLegacySql: false,
        maximumBytesBilled: String(maxBytes),
        jobTimeoutMs: QUERY_TIMEOUT_MS,
      });
      const [rows] = await job.getQueryResults({ timeoutMs: QUERY_TIMEOUT_MS });
      const [metadata] = await job.getMetadata();
      return {
        rows: rows.map((row: Record<string, unknown>) => rowOf(row)),
        bytes: Statistics.parse(metadata).statistics?.query?.totalBytesBilled ?? 0,
      };
    } catch (error) {
      throw error instanceof Failure ? error : bigqueryFailure(error);
    }
  };
}

export function bigqueryWarehouse(options: BigQueryOptions): Warehouse {
  return { dialect: "bigquery", query: bigqueryRunner(bigqueryClient(options), options) };
}
