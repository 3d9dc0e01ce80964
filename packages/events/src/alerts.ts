/** Topic alerts: incidents as they live, and the day's repairs. */

import { z } from "zod";
import { Count, Id, Severity, Time } from "./fields.ts";

export const ChannelKind = z.enum(["drift", "canary", "gate", "healing", "watch", "critical"]);
export type ChannelKind = z.infer<typeof ChannelKind>;

/** The whole incident as it stands after a change; a later `revision` replaces an earlier one. */
export const IncidentChanged = z.object({
  key: Id,
  state: z.enum(["open", "resolved"]),
  severity: Severity,
  /** Goes up with every change: who gets an older one drops it. */
  revision: Count,
  title: z.string(),
  /** Expected against actual, cause, what was done or refused and why; at most four. */
  facts: z.array(z.string()).max(4),
  /** Numbered next steps, or the exact next command. */
  next: z.array(z.string()),
  runbook: z.string().optional(),
  channel: ChannelKind,
  /** False where nobody is told: info, explained by another, recorded only. */
  post: z.boolean(),
  opened: Time,
  last_seen: Time,
  resolved: Time.optional(),
  count: Count,
  /** The upstream incident that explains this one. */
  root: Id.optional(),
  /** Keys of open incidents that this one explains. */
  explains: z.array(Id),
  acknowledged_by: z.string().optional(),
  /** What changed, in a word: opened, updated, worse, reopened, resolved, reminder, acknowledged. */
  change: Id,
  /** A line for the thread, if this change deserves one. */
  thread: z.string().optional(),
});
export type IncidentChanged = z.infer<typeof IncidentChanged>;

/** The healer's one repairs message of the day. */
export const RepairsRecorded = z.object({
  healer: Id,
  day: z.iso.date(),
  revision: Count,
  count: Count,
  /** The newest last; at most 20 are listed. */
  repairs: z.array(z.object({ time: Time, target: Id, cause: Id, text: z.string() })),
});
export type RepairsRecorded = z.infer<typeof RepairsRecorded>;
