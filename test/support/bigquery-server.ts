/** BigQuery's REST API over DuckDB, for the real client: datasets, tables, insertAll, query jobs; billed by the published rules. */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { fieldType, toDuckdb } from "./bigquery-dialect.ts";

export type BigQueryServer = {
  /** For BIGQUERY_EMULATOR_HOST. */
  readonly url: string;
  /** A statement in BigQuery's dialect, free of charge. */
  execute(sql: string): Promise<void>;
  /** Bytes billed so far. */
  billed(): number;
  /** Answers everything with this error until told otherwise. */
  misbehave(how: { readonly status: number; readonly reason: string } | undefined): void;
  close(): Promise<void>;
};

/** https://cloud.google.com/bigquery/pricing: at least 10 MB per table that a query refers to. */
const MINIMUM_BYTES = 10 * 1024 * 1024;

class ApiError extends Error {
  readonly status: number;
  readonly reason: string;
  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

type Job = { readonly id: string; readonly bytes: number; readonly schema: object; readonly rows: readonly object[] };
type QueryRequest = { readonly query: string; readonly maximumBytesBilled?: string };

export async function startBigQueryServer(): Promise<BigQueryServer> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  for (const statement of preparation) await connection.run(statement);
  const jobs = new Map<string, Job>();
  let billed = 0;
  let trouble: { status: number; reason: string } | undefined;

  async function startJob(id: string, { query, maximumBytesBilled }: QueryRequest, isDryRun: boolean): Promise<Job> {
    const sql = toDuckdb(query);
    try {
      await connection.run(`EXPLAIN ${sql}`);
    } catch (error) {
      const message = (error as Error).message.split("\n")[0]!;
      throw /does not exist/.test(message) && /Table/.test(message)
        ? new ApiError(404, "notFound", message)
        : new ApiError(400, "invalidQuery", message);
    }
    const bytes = await bytesOf(connection, sql);
    if (maximumBytesBilled !== undefined && bytes > Number(maximumBytesBilled))
      throw new ApiError(
        400,
        "bytesBilledLimitExceeded",
        `Query exceeded limit for bytes billed: ${maximumBytesBilled}. ${bytes} or higher required.`,
      );
    if (isDryRun) return { id, bytes, schema: { fields: [] }, rows: [] };
    const reader = await connection.runAndReadAll(sql);
    const names = reader.columnNames();
    const types = reader.columnTypes().map((type) => fieldType(type.alias ?? type.toString()));
    const schema = { fields: names.map((name, index) => ({ name, type: types[index]!, mode: "NULLABLE" })) };
    const rows = reader.getRows().map((row) => ({ f: row.map((value) => ({ v: wireValue(value) })) }));
    billed += bytes;
    const job = { id, bytes, schema, rows };
    jobs.set(id, job);
    return job;
  }

  async function insertAll(dataset: string, table: string, rows: readonly { readonly json: Record<string, unknown> }[]): Promise<object> {
    const described = await connection.runAndReadAll(
      `SELECT column_name, data_type, is_nullable FROM information_schema.columns WHERE table_schema = '${dataset}' AND table_name = '${table}'`,
    );
    const columns = described
      .getRows()
      .map(([name, type, nullable]) => ({ name: String(name), type: String(type), nullable: nullable === "YES" }));
    if (columns.length === 0) throw new ApiError(404, "notFound", `Not found: Table ${dataset}.${table}`);
    const faults = rows.flatMap(({ json }, index) => {
      const unknown = Object.keys(json).find((name) => columns.every((column) => column.name !== name));
      const missing = columns.find(({ name, nullable }) => !nullable && (json[name] === undefined || json[name] === null));
      const notText = columns.find(
        ({ name, type }) => type === "JSON" && !["string", "undefined"].includes(json[name] === null ? "undefined" : typeof json[name]),
      );
      const location = unknown ?? missing?.name ?? notText?.name;
      if (location === undefined) return [];
      const message =
        unknown !== undefined
          ? `no such field: ${unknown}.`
          : missing !== undefined
            ? `Missing required field: ${location}.`
            : `${location} is no JSON text`;
      return [{ index, errors: [{ reason: "invalid", location, message }] }];
    });
    // One bad row refuses the whole request, as with skipInvalidRows=false.
    if (faults.length > 0) return { insertErrors: faults };
    for (const { json } of rows) {
      const given = columns.filter(({ name }) => json[name] !== undefined && json[name] !== null);
      const values = given.map(({ type }, index) => `CAST($${index + 1} AS ${type})`).join(", ");
      await connection.run(
        `INSERT INTO "${dataset}"."${table}" (${given.map(({ name }) => `"${name}"`).join(", ")}) VALUES (${values})`,
        given.map(({ name }) => String(json[name])),
      );
    }
    return {};
  }

  async function describe(dataset: string, table: string): Promise<object> {
    const reader = await connection.runAndReadAll(
      `SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = '${dataset}' AND table_name = '${table}' ORDER BY ordinal_position`,
    );
    if (reader.getRows().length === 0) throw new ApiError(404, "notFound", `Not found: Table ${dataset}.${table}`);
    const fields = reader.getRows().map(([name, type]) => ({ name: String(name), type: fieldType(String(type)), mode: "NULLABLE" }));
    return { tableReference: { projectId: "p", datasetId: dataset, tableId: table }, schema: { fields } };
  }

  async function answer(method: string, path: string, body: unknown): Promise<object> {
    if (trouble !== undefined) throw new ApiError(trouble.status, trouble.reason, `made up: ${trouble.reason}`);
    const reference = (jobId: string): object => ({ projectId: "p", jobId, location: "US" });
    const insert = /\/datasets\/([^/]+)\/tables\/([^/]+)\/insertAll$/.exec(path);
    if (insert !== null && method === "POST")
      return insertAll(insert[1]!, insert[2]!, (body as { rows: { json: Record<string, unknown> }[] }).rows);
    const described = /\/datasets\/([^/]+)\/tables\/([^/]+)$/.exec(path);
    if (described !== null && method === "GET") return await describe(described[1]!, described[2]!);
    if (path.endsWith("/jobs") && method === "POST") {
      const { configuration, jobReference } = body as {
        configuration: { query: QueryRequest; dryRun?: boolean };
        jobReference: { jobId: string };
      };
      const job = await startJob(jobReference.jobId, configuration.query, configuration.dryRun === true);
      return { jobReference: reference(job.id), configuration, status: { state: "DONE" }, statistics: statisticsOf(job) };
    }
    const job = jobs.get(path.split("/").at(-1) ?? "");
    if (job !== undefined && path.includes("/queries/"))
      return { jobReference: reference(job.id), jobComplete: true, schema: job.schema, rows: job.rows, totalRows: String(job.rows.length) };
    if (job !== undefined) return { jobReference: reference(job.id), status: { state: "DONE" }, statistics: statisticsOf(job) };
    throw new ApiError(404, "notFound", `no such path: ${method} ${path}`);
  }

  const server = createServer((request, response) => {
    const path = (request.url ?? "").split("?")[0]!;
    void readBody(request)
      .then((body) => answer(request.method ?? "", path, body))
      .then(
        (value) => send(response, 200, value),
        (error: unknown) => sendError(response, error),
      );
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    execute: async (sql) => void (await connection.run(toDuckdb(sql))),
    billed: () => billed,
    misbehave: (how) => void (trouble = how),
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** BigQuery's functions and types under their own names. */
const preparation = [
  "SET TimeZone = 'UTC'",
  "CREATE TYPE FLOAT64 AS DOUBLE",
  "CREATE TYPE BIGNUMERIC AS HUGEINT",
  "CREATE MACRO FORMAT_TIMESTAMP(form, moment) AS strftime(moment, form)",
  "CREATE MACRO UNIX_MICROS(moment) AS epoch_us(moment)",
  "CREATE MACRO TO_JSON_STRING(value) AS CAST(to_json(value) AS VARCHAR)",
];

function statisticsOf({ bytes }: Job): object {
  return {
    totalBytesProcessed: String(bytes),
    query: { totalBytesProcessed: String(bytes), totalBytesBilled: String(bytes), cacheHit: false },
  };
}

/** Logical bytes of the columns that the statement names, at least the minimum per table. */
async function bytesOf(connection: DuckDBConnection, sql: string): Promise<number> {
  const { views, columns } = await catalogueOf(connection);
  const named = sql.replaceAll(/\b(\w+)\.(\w+)\b/g, '"$1"."$2"');
  const text = [...views].reduce((whole, [name, view]) => (whole.includes(name) ? `${whole} ${view}` : whole), named);
  const tables = [...new Set(columns.map(({ table }) => table))].filter((table) => text.includes(table));
  let total = 0;
  for (const table of tables) {
    const read = columns.filter((column) => column.table === table && (text.includes(column.name) || /SELECT \*/.test(text)));
    const widths = read.map(({ name, type }) =>
      type === "VARCHAR" || type === "JSON" ? `coalesce(sum(strlen("${name}") + 2), 0)` : `8 * count("${name}")`,
    );
    const reader = await connection.runAndReadAll(`SELECT ${widths.length === 0 ? "0" : widths.join(" + ")} FROM ${table}`);
    total += Math.max(MINIMUM_BYTES, Number(reader.getRows()[0]?.[0] ?? 0));
  }
  return total;
}

type Catalogue = { views: Map<string, string>; columns: { table: string; name: string; type: string }[] };

async function catalogueOf(connection: DuckDBConnection): Promise<Catalogue> {
  const views = await connection.runAndReadAll("SELECT schema_name, view_name, sql FROM duckdb_views() WHERE NOT internal");
  const columns = await connection.runAndReadAll(
    "SELECT c.schema_name, c.table_name, c.column_name, c.data_type FROM duckdb_columns() c JOIN duckdb_tables() USING (schema_name, table_name) WHERE NOT c.internal",
  );
  const quoted = (schema: unknown, name: unknown): string => `"${String(schema)}"."${String(name)}"`;
  return {
    views: new Map(
      views.getRows().map(([schema, name, sql]) => [quoted(schema, name), String(sql).replace(/\b(\w+)\.(\w+)\b/g, '"$1"."$2"')]),
    ),
    columns: columns
      .getRows()
      .map(([schema, table, name, type]) => ({ table: quoted(schema, table), name: String(name), type: String(type) })),
  };
}

/** Every value as text; times in microseconds, as the client asks for them. */
function wireValue(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "object" && "micros" in value) return String(value.micros);
  return typeof value === "number" && !Number.isFinite(value) ? (Number.isNaN(value) ? "NaN" : value > 0 ? "Inf" : "-Inf") : String(value);
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString("utf8");
  return text === "" ? undefined : JSON.parse(text);
}

function send(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}

function sendError(response: ServerResponse, error: unknown): void {
  const { status, reason, message } = error instanceof ApiError ? error : { status: 400, reason: "invalidQuery", message: String(error) };
  send(response, status, { error: { code: status, message, errors: [{ reason, message, domain: "global" }] } });
}
