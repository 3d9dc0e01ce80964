/** Exact sliding windows over healing events: a row per event in the window and a running count, so that an event costs the same whatever came before. */

import type { Pattern } from "@kintsugi/config/model";
import { derivedId, eventKey, type EventOf } from "@kintsugi/events/event";
import type { JsonObject } from "@kintsugi/ports/json";
import type { UnitOfWork } from "./unit-of-work.ts";

const rowsCollection = "kintsugi_window_rows";
export const summariesCollection = "kintsugi_windows";
const RECENT = 3;

export type Recent = { readonly timeMs: number; readonly target: string; readonly cause: string; readonly outcome?: string };

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
  /** Of these, acts whose outcome was not effective; windows that were stored before these were kept have none. */
  readonly recentBad?: readonly Recent[];
};

/** All of one session stand at the same now. */
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

export function openWindows(work: UnitOfWork): Windows {
  /** Windows that stand at now already; rows of this batch are counted when they are added. */
  const current = new Map<string, Window>();

  async function advance(pattern: Pattern, value: string, nowMs: number): Promise<Window> {
    const id = windowId(pattern, value);
    const known = current.get(id);
    if (known !== undefined) return known;
    const stored = (await work.read(summariesCollection, id)) as Window | undefined;
    const window: Window = stored ?? { pattern: pattern.name, value, total: 0, bad: 0, upToMs: nowMs, waiting: 0, recent: [] };
    const arrived = nowMs > window.upToMs ? await work.range(rowsCollection, rowId(id, window.upToMs + 1), rowId(id, nowMs + 1)) : [];
    const expired = await work.range(rowsCollection, rowId(id, 0), rowId(id, nowMs - pattern.withinMs + 1));
    for (const row of expired) work.remove(rowsCollection, row.id);
    const bad = (rows: readonly { data: JsonObject }[]): number => rows.filter(({ data }) => data["bad"] === true).length;
    const moved = {
      ...window,
      total: window.total + arrived.length - expired.length,
      bad: window.bad + bad(arrived) - bad(expired),
      upToMs: Math.max(window.upToMs, nowMs),
      waiting: window.waiting - arrived.length,
      recent: window.recent.filter(({ timeMs }) => timeMs > nowMs - pattern.withinMs),
      recentBad: (window.recentBad ?? []).filter(({ timeMs }) => timeMs > nowMs - pattern.withinMs),
    };
    // How far it was counted says nothing new by itself; the next event finds the same rows.
    current.set(id, moved);
    if (stored !== undefined && arrived.length + expired.length > 0) save(id, moved);
    return moved;
  }

  function save(id: string, window: Window): void {
    current.set(id, window);
    if (window.total + window.waiting === 0) work.remove(summariesCollection, id);
    else work.write(summariesCollection, id, window);
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
      work.write(rowsCollection, `${rowId(id, timeMs)}~${eventKey(heal)}`, { bad: isBad });
      if (timeMs > window.upToMs) {
        const waits = { ...window, waiting: window.waiting + 1 };
        save(id, waits);
        return waits;
      }
      const { target, cause, outcome } = heal.data;
      const act = { timeMs, target, cause: cause.code, outcome };
      const grown = {
        ...window,
        total: window.total + 1,
        bad: window.bad + (isBad ? 1 : 0),
        recent: newest([...window.recent, act]),
        recentBad: isBad ? newest([...(window.recentBad ?? []), act]) : (window.recentBad ?? []),
      };
      save(id, grown);
      return grown;
    },
  };
}

function newest(acts: readonly Recent[]): readonly Recent[] {
  return [...acts].sort((a, b) => a.timeMs - b.timeMs).slice(-RECENT);
}

function windowId(pattern: Pattern, value: string): string {
  return derivedId(pattern.name, value);
}

/** Ordered by time within a window. */
function rowId(window: string, timeMs: number): string {
  return `${window}~${String(Math.max(0, timeMs)).padStart(14, "0")}`;
}
