/** Reads what the version before has stored of a window: a document per event and pattern, and a summary. To be dropped once no such state can be in use. */

import type { Pattern } from "@kintsugi/config/model";
import { derivedId } from "@kintsugi/events/event";
import { z } from "zod";
import type { UnitOfWork } from "./unit-of-work.ts";
import { insertEvent, type Taken } from "./window-insert.ts";
import { allSealed } from "./window-index.ts";
import { emptyLog, indexOf, Recent, type WindowLog, withRecent } from "./window-log.ts";

const summaries = "kintsugi_windows";
const rows = "kintsugi_window_rows";
/** A commit takes only so much; rows beyond these are out of use, and stay. */
const MAX_REMOVED = 10_000;

const Summary = z.object({ recent: z.array(Recent), recentBad: z.array(Recent).default([]) });
type Summary = z.infer<typeof Summary>;

export type OldWindow = Taken & { readonly summaryIds: readonly string[]; readonly rowIds: readonly string[] };

type Found = { readonly id: string; readonly summary: Summary };

/** @param patterns of one `by` */
export async function readOldWindow(
  work: UnitOfWork,
  patterns: readonly Pattern[],
  { value, nowMs }: { value: string; nowMs: number },
): Promise<OldWindow | undefined> {
  const found = await findSummaries(work, patterns, value);
  if (found.length === 0) return undefined;
  // Each pattern has a row of its own for the same event.
  const events = new Map<string, boolean>();
  const rowIds: string[] = [];
  for (const { id } of found) {
    for (const row of await work.range(rows, `${id}~`, `${id}~~`)) {
      rowIds.push(row.id);
      events.set(row.id.slice(id.length + 1), row.data["bad"] === true);
    }
  }
  const log = logOf(emptyLog(patterns[0]!.by, value), events, nowMs);
  const changed = allSealed(indexOf(log)).map(({ id }) => id);
  return { log: withAll(log, found), changed, summaryIds: found.map(({ id }) => id), rowIds };
}

/** What the longest of the windows has not seen, no other has: one look tells that there is nothing. */
async function findSummaries(work: UnitOfWork, patterns: readonly Pattern[], value: string): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const { name } of patterns.toSorted((a, b) => b.withinMs - a.withinMs)) {
    const id = derivedId(name, value);
    const summary = await work.read(summaries, id);
    if (summary !== undefined) found.push({ id, summary: Summary.parse(summary) });
    else if (found.length === 0) return [];
  }
  return found;
}

export function removeOldWindow(work: UnitOfWork, { summaryIds, rowIds }: OldWindow): void {
  for (const id of summaryIds) work.remove(summaries, id);
  for (const id of rowIds.slice(0, MAX_REMOVED)) work.remove(rows, id);
}

/** @param events whether each is bad, by `<time>~<key>` */
function logOf(empty: WindowLog, events: ReadonlyMap<string, boolean>, nowMs: number): WindowLog {
  let log = empty;
  for (const [key, isBad] of [...events].sort(([a], [b]) => (a < b ? -1 : 1)))
    log = insertEvent(log, { timeMs: Math.min(Number.parseInt(key, 10), nowMs), isBad, edgesMs: new Map() }).log;
  return log;
}

function withAll(log: WindowLog, found: readonly Found[]): WindowLog {
  let told = log;
  for (const act of distinct(found.flatMap(({ summary }) => summary.recent))) told = withRecent(told, act, false);
  const { recent } = told;
  for (const act of distinct(found.flatMap(({ summary }) => summary.recentBad))) told = withRecent(told, act, true);
  return { ...told, recent };
}

function distinct(acts: readonly Recent[]): readonly Recent[] {
  return [...new Map(acts.map((act) => [JSON.stringify(act), act])).values()];
}
