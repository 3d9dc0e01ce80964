/** Topic alerts: incidents as they live, and the day's repairs. Neutral: how a receiver shows them is the receiver's. */

import { z } from "zod";
import { Count, Id, Time } from "./fields.ts";
import { Subject } from "./subject.ts";
import { Words } from "./words.ts";

export const IncidentState = z.enum(["open", "resolved"]);
export type IncidentState = z.infer<typeof IncidentState>;

/** What has happened to an incident, the most telling of all that happened at once. */
export const IncidentChange = z.enum([
  "opened",
  "reopened",
  "worse",
  "spread",
  "updated",
  "reminder",
  "acknowledged",
  "silenced",
  "given_up",
  "closed",
  "resolved",
]);
export type IncidentChange = z.infer<typeof IncidentChange>;

/** One business day of an incident that is about days. */
export const BadDay = z.object({
  day: z.iso.date(),
  /** The most telling fact of the day. */
  what: z.string(),
  /** Whom it holds up. */
  who: z.array(Id).default([]),
});
export type BadDay = z.infer<typeof BadDay>;

/** A line in the message's thread; one that is `aloud` is also shown in the channel. */
export const Remark = z.object({ text: z.string(), aloud: z.boolean() });
export type Remark = z.infer<typeof Remark>;

/** The whole incident as it stands after a change; a later `revision` replaces an earlier one. */
export const IncidentChanged = z.object({
  key: Id,
  subject: Subject,
  state: IncidentState,
  /** Goes up with every change: who gets an older one drops it. */
  revision: Count,
  ...Words,
  /** False where nobody is told by a message of its own: info, explained by another, silenced, recorded only. */
  post: z.boolean(),
  opened: Time,
  last_seen: Time,
  resolved: Time.optional(),
  count: Count,
  /** Days that are bad and not judged good since. */
  days: z.array(BadDay).default([]),
  /** Days that were given up: nobody looks at them any more, and they are not mended. */
  holes: z.array(BadDay).default([]),
  /** The incident that explains this one. */
  root: Id.optional(),
  /** Keys of open incidents that this one explains; at most 100 are listed. */
  explains: z.array(Id),
  /** The same problem before: how often within 7 days, this time included, and when it was resolved last. */
  again: z.object({ times: Count, resolved: Time }).optional(),
  /** It opens and resolves again and again: it stays open until it has held good for a while. */
  flapping: z.boolean().default(false),
  acknowledged_by: Id.optional(),
  silenced_by: Id.optional(),
  silenced_until: Time.optional(),
  /** Why it was acknowledged, silenced or closed, in the operator's words. */
  said: z.string().optional(),
  change: IncidentChange,
  remarks: z.array(Remark).default([]),
});
export type IncidentChanged = z.infer<typeof IncidentChanged>;

/** The healer's one repairs message of the day. */
export const RepairsRecorded = z.object({
  healer: Id,
  day: z.iso.date(),
  revision: Count,
  /** On this day. */
  count: Count,
  /** Up to this repair. */
  last_hour: Count.default(0),
  last_24_hours: Count.default(0),
  /** The newest last; at most 20 are listed. */
  repairs: z.array(z.object({ time: Time, target: Id, cause: Id, text: z.string() })),
});
export type RepairsRecorded = z.infer<typeof RepairsRecorded>;
