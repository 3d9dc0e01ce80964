/**
 * Reads a healer's batches that are not done. Firestore can be asked for a field that is false, and not for one that is missing: a batch
 * without it costs a read of the whole collection. So the ids of these are remembered, and the whole is read only to find a new one.
 */

import type { Healer } from "@kintsugi/config/healer";
import { derivedId } from "@kintsugi/events/event";
import type { Document, Documents, ListQuery, Write } from "@kintsugi/ports/documents";
import { z } from "zod";

const unmarkedCollection = "kintsugi_unmarked_batches";
const READ_ALL_MS = 3_600_000;
const KEPT_MS = 30 * 24 * 3_600_000;
/** Of more than these the collection is better read as a whole. */
const MAX_REMEMBERED = 1_000;

/** `foundMs`: when a new one was found last, which may have taken a read of all. */
const Unmarked = z.object({ ids: z.array(z.string()), foundMs: z.number() });

export type OpenBatches = { readonly documents: readonly Document[]; readonly writes: readonly Write[] };

export async function readOpenBatches(documents: Pick<Documents, "get" | "list">, healer: Healer, nowMs: number): Promise<OpenBatches> {
  const { name, batches, fields } = healer;
  const place = { collection: unmarkedCollection, id: derivedId(name, batches, fields.done) };
  const stored = await documents.get(place.collection, place.id);
  const before = stored === undefined ? undefined : Unmarked.parse(stored.data);
  const mayReadAll = before === undefined || nowMs - before.foundMs >= READ_ALL_MS;
  const query: ListQuery = { unlessTrue: fields.done, known: before?.ids ?? [], mayReadAll };
  const open = await documents.list(batches, query);
  const ids = open.flatMap(({ id, data }) => (data[fields.done] === false ? [] : [id])).slice(0, MAX_REMEMBERED);
  const isNew = ids.some((id) => before?.ids.includes(id) !== true);
  if (!isNew && ids.length === (before?.ids.length ?? 0)) return { documents: open, writes: [] };
  const foundMs = isNew ? nowMs : (before?.foundMs ?? nowMs);
  return { documents: open, writes: [{ op: "set", ...place, data: { healer: name, ids, foundMs }, expiresMs: nowMs + KEPT_MS }] };
}
