/** What Google asks for, in dollars: list prices of us-central1, without free tiers. Multi-regional Firestore costs twice as much. Pure. */

import type { Message } from "@kintsugi/ports/bus";
import type { JsonObject } from "@kintsugi/ports/json";

const MILLION = 1_000_000;
const TIB = 1024 ** 4;

type Price = { readonly what: string; readonly dollars: number; readonly per: number; readonly unit: string; readonly source: string };

/**
 * Each is what Google's page of that name said on the day that it was read, at first or second hand:
 *
 * - https://cloud.google.com/firestore/pricing: the example of the page on discounts, read in 2025. A delete at 0.01 is common knowledge; one by
 *   expiry costs the same.
 * - https://cloud.google.com/pubsub/pricing, 2026-09-20: basic, for what is published and what is delivered, at least 1,000 bytes a request.
 * - https://cloud.google.com/run/pricing, request-based, 2026-10-09: time is rounded up to 100 ms.
 * - https://cloud.google.com/bigquery/pricing, 2026-09-09: insertAll, at least 1 KB a row; on demand, at least 10 MiB for each table of a query.
 * - https://cloud.google.com/scheduler/pricing, undated: three jobs are free, which is not counted here.
 */
export const prices = {
  reads: { what: "Firestore, a document read", dollars: 0.03, per: 100_000, unit: "", source: "firestore/pricing, 2025" },
  writes: { what: "Firestore, a document written", dollars: 0.09, per: 100_000, unit: "", source: "firestore/pricing, 2025" },
  deletes: { what: "Firestore, a document deleted or expired", dollars: 0.01, per: 100_000, unit: "", source: "firestore/pricing, 2025" },
  busBytes: { what: "Pub/Sub, published or delivered", dollars: 40, per: TIB, unit: "TiB", source: "pubsub/pricing, 2026-09-20" },
  requests: { what: "Cloud Run, a request", dollars: 0.4, per: MILLION, unit: "", source: "run/pricing, 2026-10-09" },
  vcpuSeconds: { what: "Cloud Run, a vCPU at work", dollars: 0.000024, per: 1, unit: "s", source: "run/pricing, 2026-10-09" },
  memorySeconds: { what: "Cloud Run, a GiB at work", dollars: 0.0000025, per: 1, unit: "s", source: "run/pricing, 2026-10-09" },
  rowBytes: { what: "BigQuery, rows streamed", dollars: 0.01, per: 200 * MILLION, unit: "200 MB", source: "bigquery/pricing, 2026-09-09" },
  queriedBytes: { what: "BigQuery, queried on demand", dollars: 6.25, per: TIB, unit: "TiB", source: "bigquery/pricing, 2026-09-09" },
  jobs: { what: "Cloud Scheduler, a job for a month", dollars: 0.1, per: 1, unit: "1", source: "scheduler/pricing" },
} as const satisfies Readonly<Record<string, Price>>;

export type Used = Omit<Readonly<Record<keyof typeof prices, number>>, "vcpuSeconds" | "memorySeconds"> & {
  /** For which an instance of 1 vCPU and 512 MiB answered; each part of it a multiple of 100 ms. */
  readonly instanceMs: number;
};

export type Bill = {
  readonly firestore: number;
  readonly pubsub: number;
  readonly requests: number;
  readonly functionTime: number;
  readonly bigquery: number;
  readonly scheduler: number;
};

const MEMORY_GIB = 0.5;
const ROUNDED_TO_MS = 100;
const MIN_MESSAGE_BYTES = 1_000;
const MIN_ROW_BYTES = 1_024;

export function billOf(used: Used): Bill {
  const cost = (kind: keyof typeof prices, amount: number): number => (amount * prices[kind].dollars) / prices[kind].per;
  const seconds = used.instanceMs / 1_000;
  return {
    firestore: cost("reads", used.reads) + cost("writes", used.writes) + cost("deletes", used.deletes),
    pubsub: cost("busBytes", used.busBytes),
    requests: cost("requests", used.requests),
    functionTime: cost("vcpuSeconds", seconds) + cost("memorySeconds", seconds * MEMORY_GIB),
    bigquery: cost("rowBytes", used.rowBytes) + cost("queriedBytes", used.queriedBytes),
    scheduler: cost("jobs", used.jobs),
  };
}

export function totalOf(bill: Bill): number {
  return Object.values(bill).reduce((sum, dollars) => sum + dollars, 0);
}

/** What an instance is billed for that answered for so long, and then had nothing to do. */
export function billedMs(ms: number): number {
  return Math.max(1, Math.ceil(ms / ROUNDED_TO_MS)) * ROUNDED_TO_MS;
}

/** What one message counts for, each time that it is published or delivered. */
export function messageBytes({ attributes, data }: Pick<Message, "attributes" | "data">): number {
  const words = Object.entries(attributes).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0);
  return Math.max(MIN_MESSAGE_BYTES, data.length + words);
}

export function rowBytes(row: JsonObject): number {
  return Math.max(MIN_ROW_BYTES, Buffer.byteLength(JSON.stringify(row)));
}
