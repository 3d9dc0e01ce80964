/** Documents in memory: the rules of the local ones, without a file. What has expired is gone at once. */

import type { PlainDocuments } from "@kintsugi/function-kit/outbox-documents";
import type { Document, ListQuery, Write } from "@kintsugi/ports/documents";
import { Conflict } from "@kintsugi/ports/failure";
import type { JsonObject } from "@kintsugi/ports/json";
import type { Clock } from "@kintsugi/ports/ports";

export type MemoryDocuments = Omit<PlainDocuments, "commit"> & {
  /** @param isInterrupted asked after each write: whoever commits dies there, and nothing of the change is stored */
  commit(writes: readonly Write[], isInterrupted?: () => boolean): Promise<void>;
};

/** As text, so that nobody changes what is stored by changing what he has read. */
type Stored = { readonly text: string; readonly version: string; readonly expiresMs: number };

export function memoryDocuments(clock: Pick<Clock, "now">): MemoryDocuments {
  const collections = new Map<string, Collection>();
  let versions = 0;
  const of = (name: string): Collection => {
    const known = collections.get(name) ?? emptyCollection(clock.now);
    collections.set(name, known);
    return known;
  };

  function expect(write: Write): void {
    const before = of(write.collection).get(write.id);
    const where = `${write.collection}/${write.id}`;
    if (write.op === "create" && before !== undefined) throw new Conflict(`${where} exists`);
    if (write.op !== "create" && write.version !== undefined && before?.version !== write.version)
      throw new Conflict(`${where} has changed`);
  }

  function apply(write: Write, version: string): void {
    const collection = of(write.collection);
    if (write.op === "delete") return collection.remove(write.id);
    const before = write.op === "merge" ? collection.get(write.id) : undefined;
    const data = before === undefined ? write.data : { ...(JSON.parse(before.text) as JsonObject), ...write.data };
    const expiresMs = write.expiresMs ?? before?.expiresMs ?? Number.POSITIVE_INFINITY;
    collection.put(write.id, { text: JSON.stringify(data), version, expiresMs });
  }

  /** Preconditions are checked in the order of the writes, each against what those before it have left. */
  function store(writes: readonly Write[], isInterrupted: () => boolean): void {
    const version = String(++versions);
    const undo: (() => void)[] = [];
    try {
      for (const write of writes) {
        expect(write);
        undo.push(of(write.collection).remember(write.id));
        apply(write, version);
        if (isInterrupted()) throw new Error("the process died within a commit");
      }
    } catch (error) {
      for (const back of undo.toReversed()) back();
      throw error;
    }
  }

  const find = (collection: string, id: string): Document | undefined => documentOf(id, of(collection).get(id));
  return {
    get: async (collection, id) => find(collection, id),
    getMany: async (collection, ids) => ids.map((id) => find(collection, id)),
    list: async (collection, query = {}) => of(collection).list(query),
    commit: async (writes, isInterrupted = () => false) => store(writes, isInterrupted),
  };
}

function documentOf(id: string, stored: Stored | undefined): Document | undefined {
  return stored === undefined ? undefined : { id, data: JSON.parse(stored.text) as JsonObject, version: stored.version };
}

type Collection = {
  get(id: string): Stored | undefined;
  put(id: string, stored: Stored): void;
  remove(id: string): void;
  /** Returns what brings the document back as it is now. */
  remember(id: string): () => void;
  list(query: ListQuery): readonly Document[];
};

function emptyCollection(now: () => number): Collection {
  const byId = new Map<string, Stored>();
  /** Sorted when somebody lists; undefined when an id has come or gone since. */
  let ids: readonly string[] | undefined;

  const get = (id: string): Stored | undefined => {
    const stored = byId.get(id);
    return stored === undefined || stored.expiresMs <= now() ? undefined : stored;
  };
  const remove = (id: string): void => {
    if (byId.delete(id)) ids = undefined;
  };
  const put = (id: string, stored: Stored): void => {
    if (!byId.has(id)) ids = undefined;
    byId.set(id, stored);
  };
  return {
    get,
    put,
    remove,
    remember(id) {
      const before = byId.get(id);
      return () => (before === undefined ? remove(id) : put(id, before));
    },
    list({ from = "", to, limit = Number.POSITIVE_INFINITY, unlessTrue }) {
      ids ??= [...byId.keys()].sort();
      const found: Document[] = [];
      for (let at = firstFrom(ids, from); at < ids.length && found.length < limit; at++) {
        const id = ids[at]!;
        if (to !== undefined && id >= to) break;
        const document = documentOf(id, get(id));
        if (document !== undefined && (unlessTrue === undefined || document.data[unlessTrue] !== true)) found.push(document);
      }
      return found;
    },
  };
}

function firstFrom(ids: readonly string[], from: string): number {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ids[middle]! < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
