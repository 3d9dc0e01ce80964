/** The incidents that are open: written by the pattern-detector alone; read by who judges bad days again, who tells, and who shows. */

import { BadDay, IncidentChanged } from "@kintsugi/events/alerts";
import { derivedId } from "@kintsugi/events/event";
import { type Subject, subjectKey } from "@kintsugi/events/subject";
import type { Document, Documents } from "@kintsugi/ports/documents";
import { z } from "zod";

/** One document for each subject that is not well: its incident, if it has opened, and the streak and the bad days that led there. */
export const incidentsCollection = "kintsugi_incidents";

export function incidentId(key: string): string {
  return derivedId(key);
}

/** A bad day stays until it is judged good, is given up after a while, or is closed by a person. */
export const DayRecord = BadDay.extend({ state: z.enum(["bad", "given_up", "closed"]), sinceMs: z.number() });
export type DayRecord = z.infer<typeof DayRecord>;

/** The part of such a document that others may read. */
const Shared = z.object({ key: z.string(), days: z.array(DayRecord).default([]), incident: IncidentChanged.optional() });

export function readIncident({ data }: Pick<Document, "data">): IncidentChanged | undefined {
  return Shared.parse(data).incident;
}

/** All open incidents as they were told last, in the order of their keys. */
export async function openIncidents(documents: Pick<Documents, "list">): Promise<readonly IncidentChanged[]> {
  const stored = (await documents.list(incidentsCollection)).flatMap((document) => readIncident(document) ?? []);
  return stored.filter(({ state }) => state === "open").sort((a, b) => a.key.localeCompare(b.key));
}

/** The bad days of subjects that are not mended yet, by key: whoever looks at the subjects looks at these days again. */
export async function badDays(
  documents: Pick<Documents, "getMany">,
  subjects: readonly Subject[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = await documents.getMany(
    incidentsCollection,
    subjects.map((subject) => incidentId(subjectKey(subject))),
  );
  const known = found.flatMap((document) => (document === undefined ? [] : [Shared.parse(document.data)]));
  return new Map(known.map(({ key, days }) => [key, days.filter(({ state }) => state === "bad").map(({ day }) => day)]));
}
