/** After the looks of one event: who explains whom, what is a storm, and what of all that people are told. Pure. */

import { IncidentChange, type IncidentChanged, type Remark } from "@kintsugi/events/alerts";
import type { Channel } from "@kintsugi/events/fields";
import { type Change, resolveIncident } from "./evolve-incident.ts";
import { explain, isSilenced } from "./explain.ts";
import type { Graph } from "./graph.ts";
import { type IncidentRecord, isOpen, type OpenRecord } from "./incident-record.ts";
import { gatherStorms, storminess } from "./storm.ts";

type Records = ReadonlyMap<string, IncidentRecord>;
type Changes = ReadonlyMap<string, readonly Change[]>;

export type Setting = { readonly graph: Graph; readonly rooms: Readonly<Record<Channel, string>>; readonly nowMs: number };

export type Settled = { readonly records: Records; readonly told: readonly IncidentChanged[] };

/**
 * @param before all live records as they were before the event
 * @param looked the same with what its looks made of them, those that were resolved included
 * @param changes by key, what the looks have changed
 */
export function settle(before: Records, looked: Records, changes: Changes, setting: Setting): Settled {
  const all = new Map(looked);
  const said = new Map([...changes].map(([key, list]) => [key, [...list]]));
  const say = (key: string, more: readonly Change[]): void => void said.set(key, [...(said.get(key) ?? []), ...more]);

  function placeAll(): void {
    let isAnyGone = false;
    for (const [key, { record, leaves }] of explain(all, setting.graph, setting.nowMs)) {
      const left = leaves ? resolveIncident(record, setting.nowMs, "resolved", "may be asked again") : undefined;
      all.set(key, left?.record ?? record);
      if (left === undefined) continue;
      say(key, left.changes);
      isAnyGone = true;
    }
    // What has left explains nothing any more.
    if (isAnyGone) placeAll();
  }

  placeAll();
  for (const storm of [...all.values()].filter((record) => record.subject.kind === "storm" && isOpen(record)) as OpenRecord[]) {
    const after = storminess(storm, all);
    if (after !== undefined) all.set(storm.key, after);
    else {
      const over = resolveIncident(storm, setting.nowMs, "resolved");
      all.set(storm.key, over.record);
      say(storm.key, over.changes);
    }
  }
  const storms = gatherStorms([...all.values()].filter(isOpen), setting.rooms, setting.nowMs);
  for (const storm of storms) {
    all.set(storm.key, storm);
    say(storm.key, [{ change: before.has(storm.key) ? "spread" : "opened" }]);
  }
  if (storms.length > 0) placeAll();
  return tellChanged(before, all, said, setting.nowMs);
}

/** What of all that people are told, where nobody is placed anew. */
export function tellChanged(before: Records, after: Records, changes: Changes, nowMs: number): Settled {
  const all = new Map(after);
  const told: IncidentChanged[] = [];
  for (const [key, record] of all) {
    const said = announced(before.get(key), record, changes.get(key) ?? [], nowMs);
    if (said === undefined) continue;
    all.set(key, said);
    if (!said.isUnsaid) told.push(said.incident);
  }
  return { records: all, told: told.sort((a, b) => rank(b) - rank(a) || a.key.localeCompare(b.key)) };
}

/** New words alone, such as a growing number, are announced at most once in so long: each announcement edits a message. */
export const NEWS_MS = 10_000;

/** The record with its incident as it is told now, or with what is yet to be told; undefined where nothing is new. */
function announced(
  before: IncidentRecord | undefined,
  record: IncidentRecord,
  changes: readonly Change[],
  nowMs: number,
): OpenRecord | undefined {
  if (record.incident === undefined) return undefined;
  // Time ends silences; all else that is told stands in the record.
  if (record === before && changes.length === 0 && record.silence === undefined && !record.isUnsaid) return undefined;
  const incident = withDays(record, record.incident, nowMs);
  const remarks = remarksOf(record, changes, nowMs);
  const isQuiet = before?.incident !== undefined && place(before.incident) === place(incident) && remarks.length === 0;
  if (isQuiet && !record.isUnsaid && words(before.incident!) === words(incident)) return undefined;
  if (isQuiet && nowMs - record.announcedMs < NEWS_MS) return { ...record, isUnsaid: true, incident };
  // The end of what another has explained since is not told by a message of its own: whoever saw one sees it edited.
  const post = incident.state === "open" ? incident.post : record.told && before?.incident?.post === true;
  const isFirst = post && !record.told;
  return {
    ...record,
    announcedMs: nowMs,
    isUnsaid: false,
    told: record.told || post,
    ...(isFirst ? { remindedMs: nowMs, reminders: 0 } : {}),
    incident: { ...incident, post, revision: incident.revision + 1, change: changeOf(changes), remarks: [...remarks] },
  };
}

/** What a person has said of it, and which days are bad, stand in the record. */
function withDays(record: IncidentRecord, incident: IncidentChanged, nowMs: number): IncidentChanged {
  const { silenced_by: _by, silenced_until: _until, ...rest } = incident;
  const { silence } = record;
  const of = (state: "bad" | "given_up"): IncidentChanged["days"] =>
    record.days.filter((day) => day.state === state).map(({ day, what, who }) => ({ day, what, who }));
  const isQuiet = silence !== undefined && (silence.untilMs === undefined || nowMs < silence.untilMs);
  return {
    ...rest,
    days: of("bad"),
    holes: of("given_up"),
    ...(isQuiet ? { silenced_by: silence.by } : {}),
    ...(isQuiet && silence.untilMs !== undefined ? { silenced_until: new Date(silence.untilMs).toISOString() } : {}),
  };
}

/** A silence takes the noise away, and never the words. */
function remarksOf(record: IncidentRecord, changes: readonly Change[], nowMs: number): readonly Remark[] {
  const isQuiet = isSilenced(record, nowMs);
  return changes.flatMap(({ remark }) => (remark === undefined ? [] : [isQuiet ? { ...remark, aloud: false } : remark]));
}

/** The most telling one: what happened last to its state, else what is worst. */
function changeOf(changes: readonly Change[]): IncidentChange {
  const names = changes.map(({ change }) => change);
  const ending = names.findLast((name) => name === "resolved" || name === "closed" || name === "given_up");
  return ending ?? IncidentChange.options.find((name) => names.includes(name)) ?? "updated";
}

function words({ title, facts, next }: IncidentChanged): string {
  return JSON.stringify([title, facts, next]);
}

/** All but the words. Counts and times move with every look, and are not worth telling. */
function place(incident: IncidentChanged): string {
  const { revision: _revision, last_seen: _seen, count: _count, change: _change, remarks: _remarks, ...rest } = incident;
  const { title: _title, facts: _facts, next: _next, ...others } = rest;
  return JSON.stringify(Object.entries(others).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function rank({ severity }: IncidentChanged): number {
  return severity === "critical" ? 1 : 0;
}
