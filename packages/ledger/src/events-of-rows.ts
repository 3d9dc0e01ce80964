/** From a row of the ledger back to its event, where the document store has lost it. Pure. */

import { catalogue, type EventType, isEventType } from "@kintsugi/events/catalogue";
import type { Event } from "@kintsugi/events/event";
import type { Json, JsonObject } from "@kintsugi/ports/json";
import { healingEvents, otherEvents, type Table } from "./tables.ts";

/** `recordedMs`: epoch ms. */
export type Recorded = { readonly event: Event; readonly recordedMs: number };

/** Undefined for a row that is no event of this version. A heal's time is that of its row, and its subject is not kept. */
export function eventOfRow(table: Table, row: JsonObject): Recorded | undefined {
  const { event_id: id, source, recorded_at } = row;
  const recordedMs = Date.parse(String(recorded_at));
  const type = table === otherEvents ? row["type"] : "healing.completed";
  if (typeof type !== "string" || !isEventType(type) || Number.isNaN(recordedMs)) return undefined;
  const data = catalogue[type].data.safeParse(table === otherEvents ? jsonOf(row["data"]) : healOf(row));
  if (!data.success) return undefined;
  const subject = table === otherEvents && typeof row["subject"] === "string" ? { subject: row["subject"] } : {};
  const time = String(row[table.partition]);
  return { recordedMs, event: { id, source, type: type satisfies EventType, ...subject, time, data: data.data } as Event };
}

/** The columns that are its data. */
function healOf(row: JsonObject): JsonObject {
  const own = ["event_key", "event_id", "source", "recorded_at", "cause", "cause_parameters"];
  const columns = healingEvents.schema.filter(({ name }) => !own.includes(name));
  const data = columns.flatMap(({ name, type }) => {
    const value = type === "JSON" ? jsonOf(row[name]) : row[name];
    return value === null || value === undefined ? [] : [[name, value] as const];
  });
  const parameters = jsonOf(row["cause_parameters"]);
  const cause = { code: row["cause"] ?? "unknown", ...(parameters === null ? {} : { parameters }) };
  return { ...Object.fromEntries(data), cause };
}

/** JSON columns come as text from one warehouse, and as values from the other. */
function jsonOf(value: Json | undefined): Json {
  if (typeof value !== "string") return value ?? null;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return null;
  }
}
