/** An event inside the system: CloudEvents' context attributes and validated data. */

import { hash } from "node:crypto";
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
  return hash("sha256", parts.join("\n")).slice(0, 32);
}

/** Tells an event from all others, also those of another source with the same id. */
export function eventKey(event: { readonly source: string; readonly id: string }): string {
  return derivedId(event.source, event.id);
}

const DAY_MS = 24 * 3_600_000;
/** BigQuery streams into the partitions of the last 1,825 days, by its own error message; ten of them are left for what has to wait. */
const OLDEST_MS = (1_825 - 10) * DAY_MS;
/** Clocks differ; further ahead is no clock that anybody set. */
const MOST_AHEAD_MS = 5 * 60_000;

/** Why an event cannot be recorded because of its times, in any runtime; undefined where it can. */
export function timeFault(event: Event, nowMs: number): string | undefined {
  for (const [name, time] of Object.entries(timesOf(event)))
    if (Date.parse(time) < nowMs - OLDEST_MS) return `${name} ${time} is about five years back or more: the ledger cannot take it`;
  return undefined;
}

/**
 * A time of the future is not believed: the event is recorded as of its receipt.
 * @param receivedMs when the bus took it, epoch ms: the same for all who get it
 * @returns the event, and the claims that are not believed, where there are any
 */
export function asReceived(event: Event, receivedMs: number): { readonly event: Event; readonly ahead?: string } {
  const ahead = Object.entries(timesOf(event)).filter(([, time]) => isAhead(Date.parse(time), receivedMs));
  if (ahead.length === 0) return { event };
  const received = new Date(receivedMs).toISOString();
  const bounded = (name: string, time: string): string => (ahead.some(([each]) => each === name) ? received : time);
  const said = { ...event, time: bounded("time", event.time) };
  return {
    event:
      said.type === "healing.completed" ? { ...said, data: { ...said.data, timestamp: bounded("timestamp", said.data.timestamp) } } : said,
    ahead: ahead.map(([name, time]) => `${name} ${time}`).join(", "),
  };
}

/** When it was said, for telling what came before what, epoch ms: never later than it is heard. */
export function saidMs({ time }: Pick<Event, "time">, nowMs: number): number {
  return Math.min(Date.parse(time), nowMs);
}

/** A mark of what was heard last, epoch ms. One from the future was left by a clock that has gone back since: it orders nothing. */
export function believedMark(markMs: number, nowMs: number): number {
  return isAhead(markMs, nowMs) ? 0 : markMs;
}

export function isAhead(ms: number, nowMs: number): boolean {
  return ms > nowMs + MOST_AHEAD_MS;
}

function timesOf(event: Event): Readonly<Record<string, string>> {
  return { time: event.time, ...(event.type === "healing.completed" ? { timestamp: event.data.timestamp } : {}) };
}
