/** The events of one `by` value, kept once for all patterns, and where in them each pattern's window begins. Pure. */

import { z } from "zod";
import { allSealed, findSealed, firstSealed, lastSealed, nextSealed } from "./window-index.ts";
import { badOf, countOf, lastOf, notLater, sliceOf, timeAt } from "./window-records.ts";

/** What one document of a segment holds. */
export const SEGMENT = 256;
const RECENT = 3;

export const Recent = z.object({ timeMs: z.number(), target: z.string(), cause: z.string(), outcome: z.string().optional() });
/** Of this segment, so many events have left the window; it holds the others and all that is later. */
const Edge = z.object({ segment: z.number(), gone: z.number(), total: z.number(), bad: z.number() });

/**
 * Events lie in segments, in the order of time. The newest segment grows; one that is full is sealed and stored by itself, and listed in the index.
 * `held` has the contents of the newest and of those in which a window begins, so that an event needs nothing else unless a window leaves its segment.
 */
export const StoredLog = z.object({
  by: z.string(),
  value: z.string(),
  /** How long the longest of its patterns looks back. */
  keepMs: z.number(),
  newest: z.number(),
  /** How many segments were ever begun; the next one's id. */
  begun: z.number(),
  /** The time of the last event that is sealed; absent where none is. */
  sealedMs: z.number().optional(),
  held: z.record(z.string(), z.string()),
  edges: z.record(z.string(), Edge),
  /** Names of the patterns that held when an event was judged last: only these have an incident that an event may end. */
  holding: z.array(z.string()).default([]),
  recent: z.array(Recent),
  /** The newest acts whose outcome was not effective. */
  recentBad: z.array(Recent),
});
/** `sealed`: the index, once it was read. */
export type WindowLog = z.infer<typeof StoredLog> & { readonly sealed?: string };
export type Edge = z.infer<typeof Edge>;
export type Recent = z.infer<typeof Recent>;

export function emptyLog(by: string, value: string): WindowLog {
  return { by, value, keepMs: 0, newest: 0, begun: 1, held: { 0: "" }, edges: {}, holding: [], recent: [], recentBad: [] };
}

/** Whether the index has to be read: to move these windows on, or to take in an event of this time. @param edgesMs of each pattern */
export function needsIndex(log: WindowLog, edgesMs: ReadonlyMap<string, number>, timeMs: number | undefined): boolean {
  if (log.sealedMs === undefined) return false;
  if (timeMs !== undefined && (timeMs < log.sealedMs || countOf(contentOf(log, log.newest)) >= SEGMENT)) return true;
  return [...edgesMs].some(([pattern, edgeMs]) => {
    const segment = log.edges[pattern]?.segment;
    return segment === undefined || (segment !== log.newest && !(lastOf(contentOf(log, segment)) > edgeMs));
  });
}

export function indexOf({ sealed, sealedMs, by, value }: WindowLog): string {
  if (sealed === undefined && sealedMs !== undefined) throw new Error(`the index of ${by} ${value} was not read`);
  return sealed ?? "";
}

export function reindexed(log: WindowLog, sealed: string): WindowLog {
  return { ...log, sealed, sealedMs: lastSealed(sealed)?.lastMs };
}

/** Where the index was lost, so are the sealed events: all windows begin with the newest segment. */
export function withIndex(log: WindowLog, sealed: string | undefined): WindowLog {
  if (sealed !== undefined) return { ...log, sealed };
  return { ...reindexed(log, ""), held: { [log.newest]: contentOf(log, log.newest) }, edges: {} };
}

export function contentOf({ held }: WindowLog, segment: number): string {
  return held[segment] ?? "";
}

/** Each window's newest acts are among the newest of all. */
export function withRecent(log: WindowLog, act: Recent, isBad: boolean): WindowLog {
  return { ...log, recent: newest(log.recent, act), recentBad: isBad ? newest(log.recentBad, act) : log.recentBad };
}

/** The window of a pattern that is new here begins with all there is. */
export function edgeOf(log: WindowLog, pattern: string): Edge {
  const known = log.edges[pattern];
  if (known !== undefined) return known;
  const first = firstSealed(indexOf(log))?.id ?? log.newest;
  const newest = contentOf(log, log.newest);
  const all = [...allSealed(indexOf(log)), { count: countOf(newest), bad: badOf(newest) }];
  const sum = (pick: (one: { count: number; bad: number }) => number): number => all.reduce((total, one) => total + pick(one), 0);
  return { segment: first, gone: 0, total: sum(({ count }) => count), bad: sum(({ bad }) => bad) };
}

/** The segment with the first event later than this, at or after the one in which the window began so far. */
export function segmentAt(log: WindowLog, from: number, edgeMs: number): number {
  let segment = from;
  while (segment !== log.newest && lastOfSegment(log, segment) <= edgeMs) segment = nextSegment(log, segment);
  return segment;
}

/** @param edge its segment's content is held, and that of the segment it moves to */
export function moveEdge(log: WindowLog, edge: Edge, edgeMs: number): Edge {
  const segment = segmentAt(log, edge.segment, edgeMs);
  const { gone, total, bad } = segment === edge.segment ? edge : enter(log, edge, segment);
  const records = contentOf(log, segment);
  // Mostly nothing has left.
  if (!(timeAt(records, gone) <= edgeMs)) return { segment, gone, total, bad };
  const nowGone = notLater(records, edgeMs);
  return { segment, gone: nowGone, total: total - (nowGone - gone), bad: bad - badOf(sliceOf(records, gone, nowGone)) };
}

/** Takes what lies between two segments out of the window without reading it. */
function enter(log: WindowLog, { segment, gone, ...before }: Edge, to: number): Edge {
  const left = sliceOf(contentOf(log, segment), gone);
  let total = before.total - countOf(left);
  let bad = before.bad - badOf(left);
  for (let passed = nextSegment(log, segment); passed !== to; passed = nextSegment(log, passed)) {
    const entry = findSealed(indexOf(log), passed);
    total -= entry?.count ?? 0;
    bad -= entry?.bad ?? 0;
  }
  const entered = findSealed(indexOf(log), to);
  if (entered === undefined) return { segment: to, gone: 0, total, bad };
  // A stored segment that was lost counts for what is left of it.
  const records = contentOf(log, to);
  return { segment: to, gone: 0, total: total - entered.count + countOf(records), bad: bad - entered.bad + badOf(records) };
}

function newest(acts: readonly Recent[], act: Recent): Recent[] {
  return [...acts, act].sort((a, b) => a.timeMs - b.timeMs).slice(-RECENT);
}

function nextSegment(log: WindowLog, segment: number): number {
  return nextSealed(indexOf(log), segment)?.id ?? log.newest;
}

function lastOfSegment(log: WindowLog, segment: number): number {
  const records = contentOf(log, segment);
  return records === "" ? (findSealed(indexOf(log), segment)?.lastMs ?? -Infinity) : lastOf(records);
}
