/** When an open incident is recalled in its thread: the pause doubles with each reminder. Pure. */

import { span } from "@kintsugi/events/span";
import type { Evolved } from "./evolve-incident.ts";
import { isSilenced } from "./explain.ts";
import type { OpenRecord } from "./incident-record.ts";

const DAY_MS = 24 * 3_600_000;

/** @param remindMs the first pause, counted from when people were told */
export function remind(record: OpenRecord, remindMs: number, nowMs: number): Evolved {
  const dueMs = reminderMs(record, remindMs);
  if (dueMs === undefined || nowMs < dueMs) return { record, changes: [] };
  const text = `still open after ${span(nowMs - Date.parse(record.incident.opened))}`;
  return {
    record: { ...record, reminders: record.reminders + 1, remindedMs: nowMs },
    changes: [{ change: "reminder", remark: { text, aloud: false } }],
  };
}

/** When the next reminder is due, epoch ms. Only what is grave and was told by itself has one, and only once nobody has taken or silenced it. */
export function reminderMs(record: OpenRecord, remindMs: number): number | undefined {
  const { incident, acknowledgedUntilMs, silence } = record;
  const isGrave = incident.severity === "red" || incident.severity === "critical";
  if (!isGrave || !record.told || !incident.post) return undefined;
  const pauseMs = Math.min(DAY_MS, remindMs * 2 ** record.reminders);
  const takenUntilMs = incident.acknowledged_by === undefined ? 0 : (acknowledgedUntilMs ?? Number.POSITIVE_INFINITY);
  const silentUntilMs = isSilenced(record, 0) ? (silence?.untilMs ?? Number.POSITIVE_INFINITY) : 0;
  const dueMs = Math.max(record.remindedMs + pauseMs, takenUntilMs, silentUntilMs);
  return Number.isFinite(dueMs) ? dueMs : undefined;
}
