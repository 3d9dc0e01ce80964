/** The documents that one batch of events touches: each read once, written once, with the version that was read as precondition. */

import type { Document, Documents, Write } from "@kintsugi/ports/documents";
import type { JsonObject } from "@kintsugi/ports/json";

export type Memory = {
  read(collection: string, id: string): Promise<JsonObject | undefined>;
  /** All of a collection, with what was written here. */
  list(collection: string): Promise<ReadonlyMap<string, JsonObject>>;
  /** Stored rows of an id range; what is written here is not among them. */
  range(collection: string, from: string, to: string): Promise<readonly Document[]>;
  write(collection: string, id: string, data: JsonObject): void;
  remove(collection: string, id: string): void;
  writes(): readonly Write[];
};

type Entry = {
  /** As it was stored, where it was looked at. */
  readonly before: Document | undefined;
  readonly isRead: boolean;
  now: JsonObject | undefined;
  isChanged: boolean;
};

export function openMemory(documents: Documents): Memory {
  const entries = new Map<string, Map<string, Entry>>();
  const listed = new Set<string>();
  const of = (collection: string): Map<string, Entry> => {
    const found = entries.get(collection) ?? new Map<string, Entry>();
    entries.set(collection, found);
    return found;
  };
  const change = (collection: string, id: string, data: JsonObject | undefined): void => {
    const isRead = listed.has(collection);
    const entry = of(collection).get(id) ?? { before: undefined, isRead, now: undefined, isChanged: false };
    entry.now = data;
    entry.isChanged = true;
    of(collection).set(id, entry);
  };
  return {
    async read(collection, id) {
      const known = of(collection).get(id);
      if (known !== undefined) return known.now;
      const before = listed.has(collection) ? undefined : await documents.get(collection, id);
      of(collection).set(id, { before, isRead: true, now: before?.data, isChanged: false });
      return before?.data;
    },
    async list(collection) {
      if (!listed.has(collection)) {
        for (const document of await documents.list(collection)) {
          if (!of(collection).has(document.id))
            of(collection).set(document.id, { before: document, isRead: true, now: document.data, isChanged: false });
        }
        listed.add(collection);
      }
      return new Map([...of(collection)].flatMap(([id, { now }]) => (now === undefined ? [] : [[id, now] as const])));
    },
    range: (collection, from, to) => documents.list(collection, { from, to }),
    write: change,
    remove: (collection, id) => change(collection, id, undefined),
    writes() {
      return [...entries].flatMap(([collection, group]) =>
        [...group]
          .filter(([, { isChanged }]) => isChanged)
          .flatMap(([id, entry]): Write[] => {
            const read = entry.before === undefined ? {} : { version: entry.before.version };
            if (entry.now === undefined) return [{ op: "delete", collection, id, ...read }];
            if (entry.before === undefined && entry.isRead) return [{ op: "create", collection, id, data: entry.now }];
            return [{ op: "set", collection, id, data: entry.now, ...read }];
          }),
      );
    },
  };
}
