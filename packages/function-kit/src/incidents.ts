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
      incident: z
        .object({ state: z.string(), post: z.boolean(), opened: z.string(), severity: z.string(), cause: z.string().optional() })
        .optional(),
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

/** An open incident without its words, as the index has it. */
export type OpenIncident = Pick<IncidentChanged, "key" | "opened" | "post" | "cause"> & { readonly severity: string };

/** All that are open, in the order of their keys, for one document read. */
export async function listOpen(documents: Pick<Documents, "get">): Promise<readonly OpenIncident[]> {
  const standings = await readIndex(documents);
  const open = standings.flatMap(({ key, incident }) => (incident?.state === "open" ? [{ ...incident, key }] : []));
  return open.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** All open incidents as they were told last, in the order of their keys. */
export async function openIncidents(documents: Pick<Documents, "get" | "getMany">): Promise<readonly IncidentChanged[]> {
  return await readOpen(documents, await listOpen(documents));
}

/** Those of them that are still open. */
export async function readOpen(documents: Pick<Documents, "getMany">, open: readonly OpenIncident[]): Promise<readonly IncidentChanged[]> {
  const found = await documents.getMany(
    incidentsCollection,
    open.map(({ key }) => incidentId(key)),
  );
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
