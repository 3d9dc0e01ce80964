/** Exact sliding windows over healing events: a row per event in the window and a running count, so that an event costs the same whatever came before. */

import type { Pattern } from "@kintsugi/config/model";
import { derivedId, eventKey, type EventOf } from "@kintsugi/events/event";
import type { JsonObject } from "@kintsugi/ports/json";
import type { Memory } from "./memory.ts";

const rowsCollection = "kintsugi_window_rows";
export const summariesCollection = "kintsugi_windows";
const RECENT = 3;

export type Recent = { readonly timeMs: number; readonly target: string; readonly cause: string };

/** The window (now - within, now] of one pattern and value. */
export type Window = {
  readonly pattern: string;
  readonly value: string;
  readonly total: number;
  /** Acts whose outcome is not effective. */
  readonly bad: number;
  /** Rows up to here are counted; later ones wait for their time. */
  readonly upToMs: number;
  /** Rows of events that are ahead of our clock. */
  readonly waiting: number;
  readonly recent: readonly Recent[];
};

export type Windows = {
  /** Takes an event in; undefined when it is older than the window. */
  add(pattern: Pattern, heal: EventOf<"healing.completed">, nowMs: number): Promise<Window | undefined>;
  /** Moves a window on to now. */
  advance(pattern: Pattern, value: string, nowMs: number): Promise<Window>;
};

export function valueOf(pattern: Pattern, heal: EventOf<"healing.completed">): string {
  const { data } = heal;
  return pattern.by === "cause" ? data.cause.code : data[pattern.by];
}

export function openWindows(memory: Memory): Windows {
  /** Windows that stand at now already; rows of this batch are counted when they are added. */
  const current = new Map<string, number>();

  async function advance(pattern: Pattern, value: string, nowMs: number): Promise<Window> {
    const id = windowId(pattern, value);
    const stored = (await memory.read(summariesCollection, id)) as Window | undefined;
    const window: Window = stored ?? { pattern: pattern.name, value, total: 0, bad: 0, upToMs: nowMs, waiting: 0, recent: [] };
    if (current.get(id) === nowMs) return window;
    current.set(id, nowMs);
    const arrived = nowMs > window.upToMs ? await memory.range(rowsCollection, rowId(id, window.upToMs + 1), rowId(id, nowMs + 1)) : [];
    const expired = await memory.range(rowsCollection, rowId(id, 0), rowId(id, nowMs - pattern.withinMs + 1));
    for (const row of expired) memory.remove(rowsCollection, row.id);
    const bad = (rows: readonly { data: JsonObject }[]): number => rows.filter(({ data }) => data["bad"] === true).length;
    const moved = {
      ...window,
      total: window.total + arrived.length - expired.length,
      bad: window.bad + bad(arrived) - bad(expired),
      upToMs: Math.max(window.upToMs, nowMs),
      waiting: window.waiting - arrived.length,
      recent: window.recent.filter(({ timeMs }) => timeMs > nowMs - pattern.withinMs),
    };
    if (stored !== undefined) save(id, moved);
    return moved;
  }

  function save(id: string, window: Window): void {
    if (window.total + window.waiting === 0) memory.remove(summariesCollection, id);
    else memory.write(summariesCollection, id, window);
  }

  return {
    advance,
    async add(pattern, heal, nowMs) {
      const value = valueOf(pattern, heal);
      const id = windowId(pattern, value);
      const timeMs = Date.parse(heal.time);
      const window = await advance(pattern, value, nowMs);
      if (timeMs <= nowMs - pattern.withinMs) return undefined;
      const isBad = heal.data.outcome !== "effective";
      memory.write(rowsCollection, `${rowId(id, timeMs)}~${eventKey(heal)}`, { bad: isBad });
      if (timeMs > window.upToMs) {
        const waits = { ...window, waiting: window.waiting + 1 };
        save(id, waits);
        return waits;
      }
      const recent = [...window.recent, { timeMs, target: heal.data.target, cause: heal.data.cause.code }]
        .sort((a, b) => a.timeMs - b.timeMs)
        .slice(-RECENT);
      const grown = { ...window, total: window.total + 1, bad: window.bad + (isBad ? 1 : 0), recent };
      save(id, grown);
      return grown;
    },
  };
}

function windowId(pattern: Pattern, value: string): string {
  return derivedId(pattern.name, value);
}

/** Ordered by time within a window. */
function rowId(window: string, timeMs: number): string {
  return `${window}~${String(Math.max(0, timeMs)).padStart(14, "0")}`;
}
