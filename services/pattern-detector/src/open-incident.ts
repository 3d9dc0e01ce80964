/** Opens an incident: as a new one, or as the one that was resolved a moment ago. Pure. */

import type { IncidentChanged } from "@kintsugi/events/alerts";
import { Severity, worst } from "@kintsugi/events/fields";
import type { Trouble } from "@kintsugi/events/observation";
import { span } from "@kintsugi/events/span";
import type { Evolved } from "./evolve-incident.ts";
import type { IncidentRecord } from "./incident-record.ts";
import { primaryOf, wordsOf } from "./words-of.ts";

const DAY_MS = 24 * 3_600_000;
/** Openings are remembered for so long. */
export const REMEMBERED_MS = 7 * DAY_MS;
/** From so many openings within a day on it flaps. */
const FLAPPING_OPENINGS = 3;

export function openIncident(record: IncidentRecord, troubles: readonly Trouble[], reopenMs: number, lookMs: number): Evolved {
  const primary = primaryOf(troubles);
  const severity = worst(
    Severity,
    troubles.map((trouble) => trouble.severity),
  );
  const sinceMs = primary.since === undefined ? lookMs : Math.min(lookMs, Date.parse(primary.since));
  const openings = [...record.openings.filter((openedMs) => lookMs - openedMs < REMEMBERED_MS), lookMs];
  const flapping = openings.filter((openedMs) => lookMs - openedMs < DAY_MS).length >= FLAPPING_OPENINGS;
  const { incident: before, ...rest } = record;
  const resolvedMs = before?.resolved === undefined ? undefined : Date.parse(before.resolved);
  const words = { ...wordsOf(primary, severity), last_seen: new Date(lookMs).toISOString(), flapping };
  const opened: IncidentRecord = { ...rest, openings, targets: primary.targets ?? [] };
  if (before !== undefined && resolvedMs !== undefined && lookMs - resolvedMs < reopenMs) {
    const isWorse = worst(Severity, [severity, record.peak]) !== record.peak;
    const text = isWorse
      ? `failing again, and worse: ${severity} now, was ${record.peak}`
      : `failing again after ${span(lookMs - resolvedMs)}`;
    return {
      record: { ...opened, peak: isWorse ? severity : record.peak, incident: reopened(before, words, primary.count) },
      changes: [{ change: isWorse ? "worse" : "reopened", remark: { text, aloud: isWorse } }],
    };
  }
  const incident: IncidentChanged = {
    ...words,
    key: record.key,
    subject: record.subject,
    state: "open",
    revision: 0,
    post: false,
    opened: new Date(sinceMs).toISOString(),
    count: primary.count ?? 1,
    days: [],
    holes: [],
    explains: [],
    ...(resolvedMs === undefined || openings.length < 2
      ? {}
      : { again: { times: openings.length, resolved: new Date(resolvedMs).toISOString() } }),
    change: "opened",
    remarks: [],
  };
  const untold = { peak: severity, told: false, reminders: 0, remindedMs: 0, incident };
  return { record: { ...opened, ...untold }, changes: [{ change: "opened" }] };
}

/** What people have said of it before is over: they may want to hear that it is back. */
function reopened(
  { resolved: _resolved, acknowledged_by: _by, said: _said, ...before }: IncidentChanged,
  words: Partial<IncidentChanged>,
  count: number | undefined,
): IncidentChanged {
  return { ...before, ...words, state: "open", count: count ?? before.count + 1 };
}
