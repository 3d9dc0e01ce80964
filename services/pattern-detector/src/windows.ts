/** Exact sliding windows over healing events. One document per `by` value holds what an event has to know, so that it costs the same whatever came before. */

import type { Pattern } from "@kintsugi/config/model";
import { derivedId, type EventOf } from "@kintsugi/events/event";
import { z } from "zod";
import type { UnitOfWork } from "./unit-of-work.ts";
import { readOldWindow, removeOldWindow } from "./window-conversion.ts";
import { insertEvent, segmentFor, type Taken, tidy } from "./window-insert.ts";
import {
  contentOf,
  edgeOf,
  emptyLog,
  moveEdge,
  type Recent,
  needsIndex,
  segmentAt,
  StoredLog,
  type WindowLog,
  withIndex,
  withRecent,
} from "./window-log.ts";
import { lastOf } from "./window-records.ts";

const windowsCollection = "kintsugi_windows";
const segmentsCollection = "kintsugi_window_segments";
const DAY_MS = 24 * 3_600_000;

/** The window (now - within, now] of one pattern and value. */
export type Window = {
  readonly pattern: string;
  readonly value: string;
  readonly total: number;
  /** Acts whose outcome is not effective. */
  readonly bad: number;
  readonly recent: readonly Recent[];
  readonly recentBad: readonly Recent[];
};

type Heal = EventOf<"healing.completed">;
type Act = {
  readonly by: string;
  readonly value: string;
  readonly timeMs: number;
  readonly isBad: boolean;
  /** What people read of it. */
  readonly told: Recent;
};
/** `wasHolding`: the pattern held when it was judged last. */
type Counted = { readonly pattern: Pattern; readonly window: Window; readonly wasHolding: boolean };

/** All of one session stand at the same now. */
export type Windows = {
  /** Takes an event into the windows of these patterns; those that it is too old for are left out. One dated ahead of our clock counts as of now. */
  add(patterns: readonly Pattern[], heal: Heal, nowMs: number): Promise<readonly Counted[]>;
  /** Remembers how the patterns of an event that was taken in were judged. */
  judged(pattern: Pattern, value: string, isHolding: boolean): void;
  /** The window as it stands at now. Nothing is written but what would have to be read again the next time. */
  advance(pattern: Pattern, value: string, nowMs: number): Promise<Window>;
};

export function openWindows(work: UnitOfWork): Windows {
  const logs = new Map<string, WindowLog>();

  async function load(by: string, value: string): Promise<WindowLog | undefined> {
    const id = windowId(by, value);
    const known = logs.get(id);
    if (known !== undefined) return known;
    const stored = await work.read(windowsCollection, id);
    return stored === undefined ? undefined : StoredLog.parse(stored);
  }

  async function index(log: WindowLog): Promise<WindowLog> {
    if (log.sealed !== undefined) return log;
    const stored = await work.read(segmentsCollection, indexId(log));
    return withIndex(log, z.string().optional().parse(stored?.["sealed"]));
  }

  async function hold(log: WindowLog, segment: number): Promise<WindowLog> {
    if (log.held[segment] !== undefined) return log;
    const stored = await work.read(segmentsCollection, segmentId(log, segment));
    return { ...log, held: { ...log.held, [segment]: z.string().parse(stored?.["records"] ?? "") } };
  }

  /** Moves these windows on, and makes ready for an event of this time. */
  async function moveOn(before: WindowLog, edgesMs: ReadonlyMap<string, number>, timeMs?: number): Promise<WindowLog> {
    let log = needsIndex(before, edgesMs, timeMs) ? await index(before) : before;
    const moved: WindowLog["edges"] = {};
    for (const [pattern, edgeMs] of edgesMs) {
      const edge = edgeOf(log, pattern);
      log = await hold(log, edge.segment);
      log = await hold(log, segmentAt(log, edge.segment, edgeMs));
      moved[pattern] = moveEdge(log, edge, edgeMs);
    }
    if (timeMs !== undefined) log = await hold(log, segmentFor(log, timeMs));
    return { ...log, edges: { ...log.edges, ...moved } };
  }

  function save({ log: grown, changed }: Taken): void {
    const { log, gone } = tidy(grown);
    const { sealed, ...stored } = log;
    const keptMs = log.keepMs + DAY_MS;
    const lastMs = lastOf(contentOf(log, log.newest));
    for (const segment of changed) {
      const records = contentOf(grown, segment);
      work.write(segmentsCollection, segmentId(log, segment), { records }, lastOf(records) + keptMs);
    }
    for (const segment of gone) work.remove(segmentsCollection, segmentId(log, segment));
    // A window may begin among what is listed until that is older than it is long, and be looked at until it expires itself.
    if (sealed === "") work.remove(segmentsCollection, indexId(log));
    else if (sealed !== undefined) work.write(segmentsCollection, indexId(log), { sealed }, lastMs + log.keepMs + keptMs);
    logs.set(windowId(log.by, log.value), log);
    work.write(windowsCollection, windowId(log.by, log.value), stored, lastMs + keptMs);
  }

  /** @param patterns of one `by` */
  async function take(patterns: readonly Pattern[], act: Act, nowMs: number): Promise<readonly Counted[]> {
    const { by, value, timeMs, isBad } = act;
    const stored = await load(by, value);
    const old = stored === undefined ? await readOldWindow(work, patterns, { value, nowMs }) : undefined;
    const edgesMs = edgesOf(patterns, nowMs);
    const before = await moveOn(forPatterns(stored ?? old?.log ?? emptyLog(by, value), patterns), edgesMs, timeMs);
    const taken = insertEvent(before, { timeMs, isBad, edgesMs });
    const counted = patterns.filter(({ name }) => edgeOf(taken.log, name).total > edgeOf(before, name).total);
    if (counted.length === 0) return [];
    const log = withRecent(taken.log, act.told, isBad);
    if (old !== undefined) removeOldWindow(work, old);
    save({ log, changed: [...(old?.changed ?? []), ...taken.changed] });
    return counted.map((pattern) => ({ pattern, window: windowOf(log, pattern, nowMs), wasHolding: log.holding.includes(pattern.name) }));
  }

  return {
    async add(patterns, heal, nowMs) {
      const groups = [...Map.groupBy(patterns, ({ by }) => by)].map(([by, group]) => ({ group, act: actOf(by, heal, nowMs) }));
      const inTime = groups.filter(({ group, act }) => group.some(({ withinMs }) => act.timeMs > nowMs - withinMs));
      await work.preload(
        windowsCollection,
        inTime.map(({ act }) => windowId(act.by, act.value)),
      );
      const counted: Counted[] = [];
      for (const { group, act } of inTime) counted.push(...(await take(group, act, nowMs)));
      return counted;
    },
    judged({ name, by }, value, isHolding) {
      const log = logs.get(windowId(by, value))!;
      if (log.holding.includes(name) === isHolding) return;
      const others = log.holding.filter((other) => other !== name);
      save({ log: { ...log, holding: isHolding ? [...others, name] : others }, changed: [] });
    },
    async advance(pattern, value, nowMs) {
      const stored = await load(pattern.by, value);
      const known = stored ?? (await readOldWindow(work, [pattern], { value, nowMs }))?.log ?? emptyLog(pattern.by, value);
      const log = await moveOn(known, edgesOf([pattern], nowMs));
      const hasRead = log.held !== stored?.held || log.sealed !== stored.sealed;
      if (stored !== undefined && hasRead) save({ log, changed: [] });
      return windowOf(log, pattern, nowMs);
    },
  };
}

function actOf(by: Pattern["by"], { time, data }: Heal, nowMs: number): Act {
  const { target, outcome, cause } = data;
  const timeMs = Math.min(Date.parse(time), nowMs);
  const value = by === "cause" ? cause.code : data[by];
  return { by, value, timeMs, isBad: outcome !== "effective", told: { timeMs, target, cause: cause.code, outcome } };
}

function edgesOf(patterns: readonly Pattern[], nowMs: number): ReadonlyMap<string, number> {
  return new Map(patterns.map(({ name, withinMs }) => [name, nowMs - withinMs]));
}

/** Patterns that are not configured any more hold nothing back. */
function forPatterns(log: WindowLog, patterns: readonly Pattern[]): WindowLog {
  const edges = Object.entries(log.edges).filter(([name]) => patterns.some((pattern) => pattern.name === name));
  return { ...log, edges: Object.fromEntries(edges), keepMs: Math.max(...patterns.map(({ withinMs }) => withinMs)) };
}

function windowOf(log: WindowLog, pattern: Pattern, nowMs: number): Window {
  const { total, bad } = edgeOf(log, pattern.name);
  const inside = (acts: readonly Recent[]): readonly Recent[] => acts.filter(({ timeMs }) => timeMs > nowMs - pattern.withinMs);
  return { pattern: pattern.name, value: log.value, total, bad, recent: inside(log.recent), recentBad: inside(log.recentBad) };
}

/** No window of the version before has three parts in its id. */
function windowId(by: string, value: string): string {
  return derivedId("window", by, value);
}

function indexId({ by, value }: WindowLog): string {
  return `${windowId(by, value)}~index`;
}

function segmentId({ by, value }: WindowLog, segment: number): string {
  return `${windowId(by, value)}~${segment}`;
}
