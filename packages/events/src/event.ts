/** An event inside the system: CloudEvents' context attributes and validated data. */

import { createHash } from "node:crypto";
import type { DataOf, EventType } from "./catalogue.ts";

export type EventOf<T extends EventType> = {
  readonly id: string;
  /** Who says it: `kintsugi/<function>`, or a user's own name. Duplicates are told by source and id together. */
  readonly source: string;
  readonly type: T;
  /** About what. */
  readonly subject?: string;
  /** Event time, RFC 3339 UTC. */
  readonly time: string;
  readonly data: DataOf<T>;
};

/** A union over the types, so that a switch on `type` narrows `data`. */
export type Event = { [T in EventType]: EventOf<T> }[EventType];

/** A stable id of 32 hex digits from what an event stems from; the same cause gives the same id. */
export function derivedId(...parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 32);
}

/** Tells an event from all others, also those of another source with the same id. */
export function eventKey(event: { readonly source: string; readonly id: string }): string {
  return derivedId(event.source, event.id);
}

const DAY_MS = 24 * 3_600_000;
/** BigQuery streams into the partitions of the last 1,825 days, by its own error message; ten of them are left for what has to wait. */
const OLDEST_MS = (1_825 - 10) * DAY_MS;
/** Clocks differ; a day ahead is no clock that anybody set. */
const MOST_AHEAD_MS = DAY_MS;

/** Why an event cannot be recorded because of its times, in any runtime; undefined where it can. */
export function timeFault(event: Event, nowMs: number): string | undefined {
  const times = { time: event.time, ...(event.type === "healing.completed" ? { timestamp: event.data.timestamp } : {}) };
  for (const [name, time] of Object.entries(times)) {
    const ms = Date.parse(time);
    if (ms < nowMs - OLDEST_MS) return `${name} ${time} is about five years back or more: the ledger cannot take it`;
    if (ms > nowMs + MOST_AHEAD_MS) return `${name} ${time} is more than a day ahead`;
  }
  return undefined;
}
