/** When an open incident is recalled in its thread: the pause doubles with each reminder. Pure. */

import { span } from "@kintsugi/events/span";
import type { Evolved } from "./evolve-incident.ts";
import { isSilenced } from "./explain.ts";
import type { OpenRecord } from "./incident-record.ts";

const DAY_MS = 24 * 3_600_000;

/** @param remindMs the first pause, counted from when people were told */
export function remind(record: OpenRecord, remindMs: number, nowMs: number): Evolved {
  const pauseMs = Math.min(DAY_MS, remindMs * 2 ** record.reminders);
  if (!isRecalled(record, nowMs) || nowMs - record.remindedMs < pauseMs) return { record, changes: [] };
  const text = `still open after ${span(nowMs - Date.parse(record.incident.opened))}`;
  return {
    record: { ...record, reminders: record.reminders + 1, remindedMs: nowMs },
    changes: [{ change: "reminder", remark: { text, aloud: false } }],
  };
}

/** Only what is grave, was told by itself, and that nobody has taken or silenced. */
function isRecalled(record: OpenRecord, nowMs: number): boolean {
  const { incident, acknowledgedUntilMs } = record;
  const isGrave = incident.severity === "red" || incident.severity === "critical";
  const isTaken = incident.acknowledged_by !== undefined && (acknowledgedUntilMs === undefined || nowMs < acknowledgedUntilMs);
  return isGrave && record.told && incident.post && !isTaken && !isSilenced(record, nowMs);
}
