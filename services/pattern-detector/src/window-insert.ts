/** Takes an event into the log of a window, wherever it belongs, and keeps segments small. Pure. */

import { entryOf, findSealed, firstSealed, isBefore, type Sealed, sealedFor, sealedOf, withEntries, withoutFirst } from "./window-index.ts";
import { contentOf, type Edge, indexOf, reindexed, SEGMENT, type WindowLog } from "./window-log.ts";
import { countOf, notLater, recordOf, sliceOf, withRecord } from "./window-records.ts";

/** `changed`: segments whose stored content is another now. */
export type Taken = { readonly log: WindowLog; readonly changed: readonly number[] };

/** @param edgesMs of each pattern: what is not later is out of its window */
export type Arrival = { readonly timeMs: number; readonly isBad: boolean; readonly edgesMs: ReadonlyMap<string, number> };

export function segmentFor(log: WindowLog, timeMs: number): number {
  const isNewest = log.sealedMs === undefined || timeMs >= log.sealedMs;
  return isNewest ? log.newest : (sealedFor(indexOf(log), timeMs)?.id ?? log.newest);
}

/** @param log holds the content of the segment that the event belongs into */
export function insertEvent(log: WindowLog, { timeMs, isBad, edgesMs }: Arrival): Taken {
  const segment = segmentFor(log, timeMs);
  const records = contentOf(log, segment);
  const index = notLater(records, timeMs);
  const edges = mapEdges(log, (edge, pattern) =>
    passBy(log, edge, { segment, index, isBad, isOut: timeMs <= (edgesMs.get(pattern) ?? -Infinity) }),
  );
  const grown = withRecord(records, index, recordOf(timeMs, isBad));
  const taken = { ...log, held: { ...log.held, [segment]: grown }, edges };
  if (segment === log.newest) return countOf(grown) > SEGMENT ? seal(taken) : { log: taken, changed: [] };
  const before = findSealed(indexOf(log), segment)!;
  const entry = { ...before, count: before.count + 1, bad: before.bad + (isBad ? 1 : 0) };
  const listed = reindexed(taken, withEntries(indexOf(log), segment, [entry]));
  return countOf(grown) > 2 * SEGMENT ? split(listed, entry) : { log: listed, changed: [segment] };
}

type Place = { readonly segment: number; readonly index: number; readonly isBad: boolean; readonly isOut: boolean };

/** A window never moves back: what belongs before its beginning is not in it, also where our clock has been set back. */
function passBy(log: WindowLog, edge: Edge, { segment, index, isBad, isOut }: Place): Edge {
  if (edge.segment === segment) {
    if (index < edge.gone || isOut) return { ...edge, gone: edge.gone + 1 };
  } else if (segment !== log.newest && (edge.segment === log.newest || isBefore(indexOf(log), segment, edge.segment))) return edge;
  return { ...edge, total: edge.total + 1, bad: edge.bad + (isBad ? 1 : 0) };
}

/** The newest segment is full: the next one begins with what is over. */
function seal(log: WindowLog): Taken {
  const { newest } = log;
  const halved = halve(log, newest);
  const sealed = indexOf(log) + entryOf(sealedOf(newest, contentOf(halved, newest)));
  return { log: { ...reindexed(halved, sealed), newest: log.begun }, changed: [newest] };
}

/** So many late events came that a sealed segment becomes two. */
function split(log: WindowLog, before: Sealed): Taken {
  const halved = halve(log, before.id);
  const moved = { ...sealedOf(log.begun, contentOf(halved, log.begun)), lastMs: before.lastMs };
  // Whatever was lost of the content, both together count what the windows have counted.
  const first = { ...sealedOf(before.id, contentOf(halved, before.id)), count: before.count - moved.count, bad: before.bad - moved.bad };
  return { log: reindexed(halved, withEntries(indexOf(log), before.id, [first, moved])), changed: [before.id, log.begun] };
}

/** The first events stay, the others begin a segment of their own. */
function halve(log: WindowLog, segment: number): WindowLog {
  const other = log.begun;
  const records = contentOf(log, segment);
  const move = (edge: Edge): Edge =>
    edge.segment === segment && edge.gone > SEGMENT ? { ...edge, segment: other, gone: edge.gone - SEGMENT } : edge;
  const held = { ...log.held, [segment]: sliceOf(records, 0, SEGMENT), [other]: sliceOf(records, SEGMENT) };
  return { ...log, begun: other + 1, held, edges: mapEdges(log, move) };
}

/** Lets go of what lies before all windows, and of contents in which none begins. `gone`: segments that nobody needs any more. */
export function tidy(log: WindowLog): { readonly log: WindowLog; readonly gone: readonly number[] } {
  const begins = new Set([log.newest, ...Object.values(log.edges).map(({ segment }) => segment)]);
  const held = Object.fromEntries(Object.entries(log.held).filter(([id]) => begins.has(Number(id))));
  if (log.sealedMs === undefined) return { log: cut({ ...log, held }), gone: [] };
  if (log.sealed === undefined) return { log: { ...log, held }, gone: [] };
  const gone: number[] = [];
  let { sealed } = log;
  for (let first = firstSealed(sealed); first !== undefined && !begins.has(first.id); first = firstSealed(sealed)) {
    gone.push(first.id);
    sealed = withoutFirst(sealed);
  }
  return { log: { ...reindexed(log, sealed), held }, gone };
}

/** Where all windows begin in the newest segment, what has left the longest need not be kept. */
function cut(log: WindowLog): WindowLog {
  const gone = Math.min(...Object.values(log.edges).map((edge) => edge.gone));
  if (gone === 0) return log;
  const held = { [log.newest]: sliceOf(contentOf(log, log.newest), gone) };
  return { ...log, held, edges: mapEdges(log, (edge) => ({ ...edge, gone: edge.gone - gone })) };
}

function mapEdges({ edges }: WindowLog, change: (edge: Edge, pattern: string) => Edge): WindowLog["edges"] {
  return Object.fromEntries(Object.entries(edges).map(([pattern, edge]) => [pattern, change(edge, pattern)]));
}
