/** Reads and writes what is known of a message; a write whose answer was lost is looked at again before it counts as failed. */

import { isDeepStrictEqual } from "node:util";
import type { Documents, Write } from "@kintsugi/ports/documents";
import type { Message } from "@kintsugi/ports/bus";
import { Conflict } from "@kintsugi/ports/failure";
import type { JsonObject } from "@kintsugi/ports/json";
import { DeliveryEntry, deliveriesCollection, entryId, type EntryName, fromFirstVersion, newEntry } from "./delivery-entry.ts";

/** An entry as it was read. */
export type Held = {
  readonly id: string;
  readonly entry: DeliveryEntry;
  /** Undefined where nothing is stored yet. */
  readonly version: string | undefined;
  /** The document of version 0.1.0 that it was made from, and that goes with the first write. */
  readonly madeFrom: string | undefined;
};

/** @param readsFirstVersion for the one receiver that version 0.1.0 had */
export async function readEntry(documents: Documents, name: EntryName, readsFirstVersion: boolean): Promise<Held> {
  const id = entryId(name);
  const found = await documents.get(deliveriesCollection, id);
  if (found !== undefined) return { id, entry: DeliveryEntry.parse(found.data), version: found.version, madeFrom: undefined };
  const old = readsFirstVersion ? await documents.get(deliveriesCollection, name.messageKey) : undefined;
  const converted = old === undefined ? undefined : fromFirstVersion(old.data, name);
  return { id, entry: converted ?? newEntry(name), version: undefined, madeFrom: converted === undefined ? undefined : old?.id };
}

export type EntryChange = {
  readonly entry: DeliveryEntry;
  /** False while a claim of ours holds, so that nobody else writes. */
  readonly isConditional: boolean;
  readonly publish: readonly Message[];
};

/** @throws Conflict where somebody else wrote first */
export async function storeEntry(documents: Documents, held: Held, { entry, isConditional, publish }: EntryChange): Promise<void> {
  const target = { collection: deliveriesCollection, id: held.id, data: entry as unknown as JsonObject };
  const outbox = `${held.id}:${entry.tried}:${publish.map(({ attributes }) => attributes["ce-id"]).join(":")}`;
  const change = { writes: [writeOf(target, held, isConditional), ...leaving(held)], publish, outbox };
  try {
    await documents.commit(change);
  } catch (error) {
    if (error instanceof Conflict) throw error;
    const stored = await documents.get(deliveriesCollection, held.id);
    if (!isDeepStrictEqual(stored?.data, plain(entry))) throw error;
  }
  if (publish.length > 0) await documents.flush(outbox);
}

function writeOf(target: { collection: string; id: string; data: JsonObject }, { version }: Held, isConditional: boolean): Write {
  if (!isConditional) return { op: "set", ...target };
  return version === undefined ? { op: "create", ...target } : { op: "set", ...target, version };
}

function leaving({ madeFrom }: Held): readonly Write[] {
  return madeFrom === undefined ? [] : [{ op: "delete", collection: deliveriesCollection, id: madeFrom }];
}

/** As it is stored: without what is undefined. */
function plain(entry: DeliveryEntry): unknown {
  return JSON.parse(JSON.stringify(entry)) as unknown;
}
