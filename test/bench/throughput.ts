/** How many events a second go through the whole loop: published over HTTP, delivered, in both stores of the ledger, judged by the detector. */

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DuckDBInstance } from "@duckdb/node-api";
import type { BenchHost } from "./bench-host.ts";

export type Load = { readonly events: number; readonly perRequest: number };
export type Throughput = { readonly events: number; readonly seconds: number };

const KINDS = 5;

/** Each request waits for the answer to the one before. @param name tells the events from those of another measurement */
export async function measureThroughput(host: BenchHost, name: string, { events, perRequest }: Load): Promise<Throughput> {
  const began = performance.now();
  for (let sent = 0; sent < events; sent += perRequest) {
    const count = Math.min(perRequest, events - sent);
    await host.publish(Array.from({ length: count }, (_, index) => heal(name, sent + index)));
  }
  await host.drained();
  return { events, seconds: (performance.now() - began) / 1_000 };
}

function heal(name: string, number: number): object {
  return { type: "healing.completed", id: `${name}-${number}`, healing_type: `kind-${number % KINDS}`, target: `${name}-${number}` };
}

/** How many of the published events each store holds; the host must have ended. */
export async function countStored(stores: string): Promise<{ documents: number; warehouse: number }> {
  const database = new DatabaseSync(join(stores, "kintsugi.db"), { readOnly: true });
  const { stored } = database
    .prepare(
      "SELECT count(*) AS stored FROM documents WHERE collection = 'kintsugi_ledger' AND json_extract(data, '$.type') = 'healing.completed'",
    )
    .get() as { stored: number };
  database.close();
  const instance = await DuckDBInstance.create(join(stores, "ledger.duckdb"), { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll("SELECT count(*) FROM kintsugi.healing_events")).getRows();
  connection.closeSync();
  instance.closeSync();
  return { documents: stored, warehouse: Number(rows[0]?.[0]) };
}
