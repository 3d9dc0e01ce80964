/** From an event to its row, and to its document. Pure. */

import { type Event, eventKey } from "@kintsugi/events/event";
import type { JsonObject } from "@kintsugi/ports/json";
import { healingEvents, ledgerTables, otherEvents, type Table } from "./tables.ts";

export type Row = { readonly table: string; readonly row: JsonObject };

export const ledgerCollection = "kintsugi_ledger";
export const pendingCollection = "kintsugi_ledger_pending";

/** The hour in which the ledger took an event in, such as `2026-02-05T14`. */
export function bucketOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 13);
}

export function ledgerId(bucket: string, key: string): string {
  return `${bucket}~${key}`;
}

/** The document store is for now; the warehouse keeps all. */
export const KEPT_MS = 90 * 24 * 3_600_000;

/** @param isRefused the warehouse does not take its row, for good: such a document is compared with nothing, and its dead letter says why */
export function ledgerDocument(event: Event, recordedMs: number, isRefused = false): JsonObject {
  return {
    ...(event as unknown as JsonObject),
    recorded_at: new Date(recordedMs).toISOString(),
    ...(isRefused ? { refused: true } : {}),
  };
}

export function rowOf(event: Event, recordedMs: number): Row {
  const envelope = { event_key: eventKey(event), event_id: event.id, source: event.source };
  const recorded_at = new Date(recordedMs).toISOString();
  if (event.type !== "healing.completed") {
    const { type, subject = null, time, data } = event;
    return { table: otherEvents.name, row: { ...envelope, type, subject, time, data: data, recorded_at } };
  }
  const { cause, ...data } = event.data;
  const row = { ...data, cause: cause.code, cause_parameters: (cause.parameters ?? null) as JsonObject | null };
  return { table: healingEvents.name, row: { ...envelope, ...(row as JsonObject), recorded_at } };
}

export function tableOf({ table }: Row): Table {
  return ledgerTables.find(({ name }) => name === table)!;
}

/** The time by which the row's table is partitioned, epoch ms. */
export function partitionMs(row: Row): number {
  return Date.parse(String(row.row[tableOf(row).partition]));
}
