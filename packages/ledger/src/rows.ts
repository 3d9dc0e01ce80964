/** From an event to its row, and to its document. Pure. */

import { type Event, eventKey } from "@kintsugi/events/event";
import type { JsonObject } from "@kintsugi/ports/json";
import { healingEvents, otherEvents } from "./tables.ts";

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

export function ledgerDocument(event: Event, recordedMs: number): JsonObject {
  return { ...(event as unknown as JsonObject), recorded_at: new Date(recordedMs).toISOString() };
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

/** Groups rows by table, for one append each. */
export function byTable(rows: readonly Row[]): ReadonlyMap<string, readonly JsonObject[]> {
  const grouped = new Map<string, JsonObject[]>();
  for (const { table, row } of rows) grouped.set(table, [...(grouped.get(table) ?? []), row]);
  return grouped;
}
