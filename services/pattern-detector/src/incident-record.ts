/** What the detector keeps of one subject: its streak of looks, its bad days, its incident, and how often it has opened. */

import { IncidentChanged } from "@kintsugi/events/alerts";
import { believedMark, isAhead } from "@kintsugi/events/event";
import { Id, Severity } from "@kintsugi/events/fields";
import { type Subject, parseSubject, Subject as SubjectForm, subjectKey } from "@kintsugi/events/subject";
import { DayRecord } from "@kintsugi/function-kit/incidents";
import type { JsonObject } from "@kintsugi/ports/json";
import { z } from "zod";

export const IncidentRecord = z.object({
  key: Id,
  subject: SubjectForm,
  /** The function that looks at it. */
  by: Id,
  /** Time of the newest look that counted, epoch ms. */
  lastMs: z.number(),
  /** Consecutive bad looks, and consecutive good ones. */
  bad: z.number(),
  good: z.number(),
  days: z.array(DayRecord),
  /** When it opened within the last 7 days, epoch ms, the newest last. */
  openings: z.array(z.number()),
  /** Open, or resolved last; none where it has never opened. */
  incident: IncidentChanged.optional(),
  /** The worst that this incident has been. */
  peak: Severity.default("info"),
  /** Targets that the finding was about last. */
  targets: z.array(z.string()).default([]),
  /** Whether people were told of this incident by a message of its own. */
  told: z.boolean().default(false),
  /** Its root is gone since: it is told only when a later look finds it still bad. */
  heldSinceMs: z.number().optional(),
  /** When it was announced last, epoch ms. */
  announcedMs: z.number().default(0),
  /** Its words have changed since. */
  isUnsaid: z.boolean().default(false),
  reminders: z.number().default(0),
  remindedMs: z.number().default(0),
  /** It flaps, and has been good since. */
  goodSinceMs: z.number().optional(),
  /** The acknowledgement ends by itself then, epoch ms. */
  acknowledgedUntilMs: z.number().optional(),
  /** `untilMs` is missing where it lasts until the incident is resolved. */
  silence: z.object({ untilMs: z.number().optional(), by: Id, reason: z.string(), severity: Severity }).optional(),
});
export type IncidentRecord = z.infer<typeof IncidentRecord>;

/** One whose incident is open. */
export type OpenRecord = IncidentRecord & { readonly incident: IncidentChanged };

export function isOpen(record: IncidentRecord | undefined): record is OpenRecord {
  return record?.incident?.state === "open";
}

export function newRecord(subject: Subject, by: string): IncidentRecord {
  const key = subjectKey(subject);
  const nothing = {
    bad: 0,
    good: 0,
    days: [],
    openings: [],
    peak: "info",
    targets: [],
    told: false,
    announcedMs: 0,
    isUnsaid: false,
    reminders: 0,
    remindedMs: 0,
  } as const;
  return { ...nothing, key, subject, by, lastMs: 0, days: [], openings: [], targets: [] };
}

/** Whether something is not well, or has begun not to be; all else rests, and is only looked up by its key. */
export function isLive(record: IncidentRecord): boolean {
  return isOpen(record) || record.bad > 0 || record.days.some(({ state }) => state === "bad");
}

/** @throws when the document is none of ours */
export function readRecord(data: JsonObject): IncidentRecord {
  return IncidentRecord.parse(isFirstVersion(data) ? fromFirstVersion(data) : data);
}

/** With the stamps of a clock that has gone back since taken for now: they would hold back reminders, and looks would be older than them. */
export function rewound(record: IncidentRecord, nowMs: number): IncidentRecord {
  const { lastMs, announcedMs, remindedMs, goodSinceMs, heldSinceMs, openings, days } = record;
  const back = (ms: number): number => (isAhead(ms, nowMs) ? nowMs : ms);
  return {
    ...record,
    lastMs: believedMark(lastMs, nowMs),
    announcedMs: back(announcedMs),
    remindedMs: back(remindedMs),
    openings: openings.map(back),
    days: days.map((day) => ({ ...day, sinceMs: back(day.sinceMs) })),
    ...(goodSinceMs === undefined ? {} : { goodSinceMs: back(goodSinceMs) }),
    ...(heldSinceMs === undefined ? {} : { heldSinceMs: back(heldSinceMs) }),
  };
}

export function isFirstVersion(data: JsonObject): boolean {
  return !("openings" in data);
}

/** Version 0.1.0 kept the incident's fields at the top, and told it by its key alone. */
function fromFirstVersion(data: JsonObject): unknown {
  const { told, lastReminderMs, silencedUntilMs: _until, ...words } = data;
  const subject = parseSubject(String(data["key"]));
  const openedMs = Date.parse(String(data["opened"]));
  const incident = { ...words, subject, remarks: [], change: data["state"] === "resolved" ? "resolved" : "opened" };
  return {
    key: data["key"],
    subject,
    by: functionOf(subject),
    lastMs: Date.parse(String(data["last_seen"])),
    bad: data["state"] === "open" ? 1 : 0,
    good: 0,
    days: [],
    openings: [openedMs],
    incident,
    peak: data["severity"],
    told,
    remindedMs: lastReminderMs,
  };
}

function functionOf(subject: Subject | undefined): string {
  switch (subject?.kind) {
    case undefined:
    case "pattern":
    case "silence":
    case "storm":
      return "pattern-detector";
    case "check":
      return "canary";
    case "service":
    case "unwatched":
      return "drift";
    case "gate":
      return "gate";
    case "healer":
    case "target":
    case "many":
    case "blast-radius":
      return "cleanup";
    case "function":
    case "blind-spot":
    case "dead-letter":
      return subject.function;
  }
}
