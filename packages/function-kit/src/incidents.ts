/** The incidents that are open: written by the pattern-detector alone; read by who judges bad days again, who tells, and who shows. */

import { BadDay, IncidentChanged } from "@kintsugi/events/alerts";
import { derivedId } from "@kintsugi/events/event";
import { type Subject, subjectKey } from "@kintsugi/events/subject";
import type { Document, Documents } from "@kintsugi/ports/documents";
import { z } from "zod";

/** One document for each subject that is or lately was not well: its incident, if it has opened, and the streak and the bad days that led there. */
export const incidentsCollection = "kintsugi_incidents";

export function incidentId(key: string): string {
  return derivedId(key);
}

/** One small document that names all that is not well, so that nobody who asks for these reads what is. */
export const indexCollection = "kintsugi_detector";
export const indexId = "index";

/** A bad day stays until it is judged good, is given up after a while, or is closed by a person. */
export const DayRecord = BadDay.extend({ state: z.enum(["bad", "given_up", "closed"]), sinceMs: z.number() });
export type DayRecord = z.infer<typeof DayRecord>;

/** The part of an incident's document that others may read. */
const Shared = z.object({ key: z.string(), incident: IncidentChanged.optional() });

/** The part of the index that others may read. */
const SharedIndex = z.object({
  standings: z.array(
    z.object({
      key: z.string(),
      days: z.array(z.object({ day: z.string() })),
      incident: z.object({ state: z.string() }).optional(),
    }),
  ),
});

export function readIncident({ data }: Pick<Document, "data">): IncidentChanged | undefined {
  return Shared.parse(data).incident;
}

async function readIndex(documents: Pick<Documents, "get">): Promise<z.infer<typeof SharedIndex>["standings"]> {
  const index = await documents.get(indexCollection, indexId);
  return index === undefined ? [] : SharedIndex.parse(index.data).standings;
}

/** All open incidents as they were told last, in the order of their keys. */
export async function openIncidents(documents: Pick<Documents, "get" | "getMany">): Promise<readonly IncidentChanged[]> {
  const open = (await readIndex(documents)).filter(({ incident }) => incident?.state === "open").map(({ key }) => key);
  const found = await documents.getMany(incidentsCollection, open.sort().map(incidentId));
  const incidents = found.flatMap((document) => (document === undefined ? [] : (readIncident(document) ?? [])));
  return incidents.filter(({ state }) => state === "open");
}

/** The bad days of subjects that are not mended yet, by key: whoever looks at the subjects looks at these days again. */
export async function badDays(
  documents: Pick<Documents, "get">,
  subjects: readonly Subject[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const wanted = new Set(subjects.map(subjectKey));
  const known = (await readIndex(documents)).filter(({ key }) => wanted.has(key));
  return new Map(known.map(({ key, days }) => [key, days.map(({ day }) => day)]));
}
