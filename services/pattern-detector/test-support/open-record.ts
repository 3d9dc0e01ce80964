/** What the detector keeps of an open incident, for tables of cases. */

import type { IncidentChanged } from "@kintsugi/events/alerts";
import { type Subject, subjectKey } from "@kintsugi/events/subject";
import { sampleIncident } from "@kintsugi/notify/sample-incident";
import { type IncidentRecord, newRecord, type OpenRecord } from "../src/incident-record.ts";

export type RecordChange = Omit<Partial<IncidentRecord>, "incident">;

/** A red one, of which nobody was told. @param openedMs epoch ms */
export function openRecord(
  subject: Subject,
  openedMs: number,
  change: RecordChange = {},
  incident: Partial<IncidentChanged> = {},
): OpenRecord {
  const at = new Date(openedMs).toISOString();
  const own = { key: subjectKey(subject), subject, severity: "red", opened: at, last_seen: at } as const;
  return { ...newRecord(subject, "test"), bad: 1, ...change, incident: sampleIncident({ ...own, ...incident }) };
}
