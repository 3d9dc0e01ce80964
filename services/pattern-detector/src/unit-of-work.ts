/** The documents that one batch of events touches: each read once, written once, with the version that was read as precondition. */

import { isDeepStrictEqual } from "node:util";
import type { Document, Documents, Write } from "@kintsugi/ports/documents";
import type { JsonObject } from "@kintsugi/ports/json";

export type UnitOfWork = {
  read(collection: string, id: string): Promise<JsonObject | undefined>;
  /** Reads at once what will be read one by one. */
  preload(collection: string, ids: readonly string[]): Promise<void>;
  /** All of a collection as it is stored, for what is read once in a lifetime. */
  list(collection: string): Promise<readonly Document[]>;
  /** Stored rows of an id range; what is written here is not among them. */
  range(collection: string, from: string, to: string): Promise<readonly Document[]>;
  /** @param expiresMs when the document may go, epoch ms; without it, it stays */
  write(collection: string, id: string, data: JsonObject, expiresMs?: number): void;
  remove(collection: string, id: string): void;
  /** What has really changed. */
  writes(): readonly Write[];
};

type Entry = {
  /** As it was stored, where it was looked at. */
  readonly before: Document | undefined;
  readonly isRead: boolean;
  now: JsonObject | undefined;
  expiresMs?: number | undefined;
};

export function unitOfWork(documents: Documents): UnitOfWork {
  const entries = new Map<string, Map<string, Entry>>();
  const of = (collection: string): Map<string, Entry> => {
    const found = entries.get(collection) ?? new Map<string, Entry>();
    entries.set(collection, found);
    return found;
  };
  const change = (collection: string, id: string, data: JsonObject | undefined, expiresMs?: number): void => {
    const entry = of(collection).get(id) ?? { before: undefined, isRead: false, now: undefined };
    entry.now = data;
    entry.expiresMs = expiresMs;
    of(collection).set(id, entry);
  };
  const take = (collection: string, id: string, before: Document | undefined): void =>
    void of(collection).set(id, { before, isRead: true, now: before?.data });
  return {
    async read(collection, id) {
      if (!of(collection).has(id)) take(collection, id, await documents.get(collection, id));
      return of(collection).get(id)?.now;
    },
    async preload(collection, ids) {
      const unread = [...new Set(ids)].filter((id) => !of(collection).has(id));
      if (unread.length === 0) return;
      const found = await documents.getMany(collection, unread);
      for (const [index, id] of unread.entries()) take(collection, id, found[index]);
    },
    list: (collection) => documents.list(collection),
    range: (collection, from, to) => documents.list(collection, { from, to }),
    write: change,
    remove: (collection, id) => change(collection, id, undefined),
    writes: () => [...entries].flatMap(([collection, group]) => [...group].flatMap(([id, entry]) => writeOf(collection, id, entry))),
  };
}

function writeOf(collection: string, id: string, { before, isRead, now, expiresMs }: Entry): readonly Write[] {
  const read = before === undefined ? {} : { version: before.version };
  if (now === undefined) return before === undefined && isRead ? [] : [{ op: "delete", collection, id, ...read }];
  const content = { collection, id, data: now, ...(expiresMs === undefined ? {} : { expiresMs }) };
  if (before === undefined) return [{ op: isRead ? "create" : "set", ...content }];
  return isDeepStrictEqual(before.data, plain(now)) ? [] : [{ op: "set", ...content, ...read }];
}

/** As it will be stored: without what is undefined. */
function plain(data: JsonObject): unknown {
  return JSON.parse(JSON.stringify(data)) as unknown;
}
