/** Documents in Firestore. What a change publishes is stored with it, and leaves the store only once Pub/Sub has it. */

import { outboxDocuments } from "@kintsugi/function-kit/outbox-documents";
import type { Bus } from "@kintsugi/ports/bus";
import type { Document, Documents, ListQuery, Write } from "@kintsugi/ports/documents";
import { Conflict, messageOf } from "@kintsugi/ports/failure";
import { type Filter, type FirestoreCalls, firestoreCalls, type FirestoreQuery } from "./firestore-calls.ts";
import { type Collections, firestoreCollections } from "./firestore-names.ts";
import { writeOf } from "./firestore-writes.ts";
import { grpcFailure, isConflict } from "./grpc-failure.ts";

export type FirestoreParts = {
  readonly project: string;
  readonly bus: Bus;
  readonly now: () => number;
  /** Of each call. Default: as of all calls out. */
  readonly deadlineMs?: number | undefined;
};

type Store = { readonly calls: FirestoreCalls; readonly collections: Collections };

export function firestoreDocuments({ project, bus, now, deadlineMs }: FirestoreParts): Documents {
  const database = `projects/${project}/databases/(default)`;
  const store: Store = { calls: firestoreCalls(database, deadlineMs), collections: firestoreCollections(database) };
  const plain = {
    get: async (collection: string, id: string) => (await getMany(store, collection, [id]))[0],
    getMany: (collection: string, ids: readonly string[]) => getMany(store, collection, ids),
    list: (collection: string, query: ListQuery = {}) => list(store, collection, query),
    commit: (writes: readonly Write[]) => commit(store, writes),
  };
  return outboxDocuments(plain, { bus, now });
}

async function getMany(
  { calls, collections }: Store,
  collection: string,
  ids: readonly string[],
): Promise<readonly (Document | undefined)[]> {
  if (ids.length === 0) return [];
  const found = await calls.getAll(ids.map((id) => collections.nameOf(collection, id)));
  return found.map((stored) => (stored === undefined ? undefined : collections.documentOf(collection, stored)));
}

async function commit({ calls, collections }: Store, asked: readonly Write[]): Promise<void> {
  if (asked.length === 0) return;
  const writes = asked.map((write) => writeOf(collections, write));
  try {
    await calls.commit(writes);
  } catch (error) {
    const isConditional = writes.some(({ currentDocument }) => currentDocument !== undefined);
    if (isConflict(error, isConditional)) throw new Conflict(messageOf(error), { cause: error });
    throw grpcFailure(error, "firestore: commit", "documents");
  }
}

async function list(
  store: Store,
  collection: string,
  { from, to, limit, unlessTrue, known, mayReadAll }: ListQuery,
): Promise<readonly Document[]> {
  const { calls, collections } = store;
  const filters: Filter[] = [
    ...(from === undefined ? [] : [collections.idFilter(collection, "GREATER_THAN_OR_EQUAL", from)]),
    ...(to === undefined ? [] : [collections.idFilter(collection, "LESS_THAN", to)]),
  ];
  const read = async (query: FirestoreQuery): Promise<readonly Document[]> =>
    (await calls.query(query)).map((stored) => collections.documentOf(collection, stored));
  if (unlessTrue === undefined) return await read({ collection, filters, limit });
  const documents = await listUnless({ store, read }, { collection, filters }, { field: unlessTrue, known, mayReadAll });
  return limit === undefined ? documents : documents.slice(0, limit);
}

type Reading = { readonly store: Store; readonly read: (query: FirestoreQuery) => Promise<readonly Document[]> };

type Unless = { readonly field: string; readonly known: readonly string[] | undefined; readonly mayReadAll: boolean | undefined };

/**
 * Firestore cannot ask for what lacks a field: two counts, a read per thousand documents, tell whether there is any such document besides those
 * that are known.
 */
async function listUnless({ store, read }: Reading, query: FirestoreQuery, unless: Unless): Promise<readonly Document[]> {
  const { calls, collections } = store;
  const { field, known = [], mayReadAll = true } = unless;
  const where = (booleanValue: boolean): FirestoreQuery => ({
    ...query,
    filters: [...query.filters, collections.fieldFilter(field, { booleanValue })],
  });
  const [total, done, open, named] = await Promise.all([
    calls.count(query),
    calls.count(where(true)),
    read(where(false)),
    getMany(store, query.collection, known),
  ]);
  const unmarked = named.filter((document) => document !== undefined && typeof document.data[field] !== "boolean") as readonly Document[];
  if (mayReadAll && total - done > open.length + unmarked.length) return (await read(query)).filter(({ data }) => data[field] !== true);
  return [...open, ...unmarked].sort((a, b) => (a.id < b.id ? -1 : 1));
}
