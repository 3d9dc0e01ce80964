/** How a subject that is not well stands to others: its record without its words, small enough that one document holds all of them. Pure. */

import { IncidentChanged } from "@kintsugi/events/alerts";
import { Id, Severity } from "@kintsugi/events/fields";
import { Subject } from "@kintsugi/events/subject";
import { z } from "zod";
import { type IncidentRecord, isLive, newRecord } from "./incident-record.ts";

export const Standing = z.object({
  key: Id,
  subject: Subject,
  by: Id,
  told: z.boolean(),
  /** The bad ones. */
  days: z.array(z.object({ day: z.string(), sinceMs: z.number() })),
  heldSinceMs: z.number().optional(),
  silence: z.object({ untilMs: z.number().optional(), severity: Severity }).optional(),
  /** Of a storm: what it lists, and when it grew last. */
  storm: z.object({ targets: z.array(z.string()), lastMs: z.number() }).optional(),
  incident: IncidentChanged.pick({
    state: true,
    severity: true,
    cause: true,
    channel: true,
    post: true,
    root: true,
    opened: true,
    resolved: true,
    explains: true,
  })
    .extend({ days: z.array(z.string()) })
    .optional(),
  /** When time alone may change it; none where only a look can. */
  dueMs: z.number().optional(),
});
export type Standing = z.infer<typeof Standing>;

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

function placeOf(incident: NonNullable<IncidentRecord["incident"]>): NonNullable<Standing["incident"]> {
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
    ...storm,
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
