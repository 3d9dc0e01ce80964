/** How a subject that is not well stands to others: its record without its words, small enough that one document holds all of them. Pure. */

import type { IncidentChanged } from "@kintsugi/events/alerts";
import type { Severity } from "@kintsugi/events/fields";
import { type IncidentRecord, isLive, newRecord } from "./incident-record.ts";

export type Standing = Pick<IncidentRecord, "key" | "subject" | "by" | "told" | "heldSinceMs"> & {
  /** The bad ones. */
  readonly days: readonly { readonly day: string; readonly sinceMs: number }[];
  readonly silence?: { readonly untilMs?: number; readonly severity: Severity };
  /** Of a storm: what it lists, and when it grew last. */
  readonly storm?: { readonly targets: readonly string[]; readonly lastMs: number };
  readonly incident?: Placed;
  /** When time alone may change it, epoch ms; none where only a look can. */
  readonly dueMs?: number;
};

type Placed = Pick<IncidentChanged, "state" | "severity" | "cause" | "channel" | "post" | "root" | "opened" | "resolved" | "explains"> & {
  readonly days: readonly string[];
};

/** Undefined where it is well: it stands in nobody's way. */
export function standingOf(record: IncidentRecord, dueMs: number | undefined): Standing | undefined {
  if (!isLive(record)) return undefined;
  const { key, subject, by, told, days, heldSinceMs, silence, targets, lastMs, incident } = record;
  return {
    key,
    subject,
    by,
    told,
    days: days.flatMap(({ day, state, sinceMs }) => (state === "bad" ? [{ day, sinceMs }] : [])),
    ...(heldSinceMs === undefined ? {} : { heldSinceMs }),
    ...(silence === undefined ? {} : { silence: untilAndSeverity(silence) }),
    ...(subject.kind === "storm" ? { storm: { targets: [...targets], lastMs } } : {}),
    ...(incident === undefined ? {} : { incident: placeOf(incident) }),
    ...(dueMs === undefined ? {} : { dueMs }),
  };
}

function untilAndSeverity({ untilMs, severity }: NonNullable<IncidentRecord["silence"]>): NonNullable<Standing["silence"]> {
  return { severity, ...(untilMs === undefined ? {} : { untilMs }) };
}

function placeOf(incident: NonNullable<IncidentRecord["incident"]>): Placed {
  const { state, severity, cause, channel, post, root, opened, resolved, explains, days } = incident;
  return {
    state,
    severity,
    channel,
    post,
    opened,
    explains: [...explains],
    days: days.map(({ day }) => day),
    ...(cause === undefined ? {} : { cause }),
    ...(root === undefined ? {} : { root }),
    ...(resolved === undefined ? {} : { resolved }),
  };
}

/** A record by which others can be placed. It has no words, so it is never stored or told. */
export function wordless({ storm, incident, days, silence, dueMs: _due, ...standing }: Standing): IncidentRecord {
  return {
    ...newRecord(standing.subject, standing.by),
    ...standing,
    bad: 1,
    days: days.map((day) => ({ ...day, what: "", who: [], state: "bad" })),
    ...(storm === undefined ? {} : { targets: [...storm.targets], lastMs: storm.lastMs }),
    ...(silence === undefined ? {} : { silence: { ...silence, by: standing.by, reason: "" } }),
    ...(incident === undefined
      ? {}
      : { incident: { ...blank(standing), ...silenced(silence, standing.by), ...incident, days: incident.days.map(unsaidDay) } }),
  };
}

function unsaidDay(day: string): { day: string; what: string; who: string[] } {
  return { day, what: "", who: [] };
}

/** As the record's own silence says it, so that nothing is new of it. */
function silenced(silence: Standing["silence"], by: string): { silenced_by?: string; silenced_until?: string } {
  if (silence === undefined) return {};
  const { untilMs } = silence;
  return { silenced_by: by, ...(untilMs === undefined ? {} : { silenced_until: new Date(untilMs).toISOString() }) };
}

function blank({ key, subject }: Pick<Standing, "key" | "subject">) {
  const nothing = { revision: 0, title: "", facts: [], next: [], last_seen: "", count: 0, holes: [], flapping: false, remarks: [] };
  return { key, subject, change: "updated", ...nothing } as const;
}
