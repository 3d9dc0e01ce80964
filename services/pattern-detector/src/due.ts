/** When time alone, without a look, may change a record: until then nobody needs to read it. Pure. */

import type { IncidentPolicy } from "@kintsugi/config/model";
import { FLAPPING_GOOD_MS } from "./evolve-incident.ts";
import { type IncidentRecord, isOpen } from "./incident-record.ts";
import { reminderMs } from "./remind.ts";
import { NEWS_MS } from "./settle.ts";

/** Epoch ms; undefined where only a look can. */
export function dueOf(
  record: IncidentRecord,
  { openDaysMs, remindMs }: Pick<IncidentPolicy, "openDaysMs" | "remindMs">,
): number | undefined {
  const { days, goodSinceMs, silence } = record;
  const dues = [
    ...days.flatMap(({ state, sinceMs }) => (state === "bad" ? [sinceMs + openDaysMs] : [])),
    isOpen(record) && goodSinceMs !== undefined ? goodSinceMs + FLAPPING_GOOD_MS : undefined,
    isOpen(record) ? silence?.untilMs : undefined,
    isOpen(record) && record.isUnsaid ? record.announcedMs + NEWS_MS : undefined,
    isOpen(record) ? reminderMs(record, remindMs) : undefined,
  ].filter((due) => due !== undefined);
  return dues.length === 0 ? undefined : Math.min(...dues);
}
