/** Documents in Firestore. What a change publishes is stored with it, and leaves the store only once Pub/Sub has it. */

import type { Bus, Message } from "@kintsugi/ports/bus";
import type { Document, Documents, ListQuery } from "@kintsugi/ports/documents";
import { Conflict, messageOf } from "@kintsugi/ports/failure";
import { type Filter, type FirestoreCalls, firestoreCalls, type FirestoreQuery, type FirestoreWrite } from "./firestore-calls.ts";
import { type Collections, firestoreCollections } from "./firestore-names.ts";
import { writeOf } from "./firestore-writes.ts";
import { grpcFailure, isConflict } from "./grpc-failure.ts";
import { belongsTo, KEPT_MS, OUTBOX, readRow, rememberedRows, type Row, rowData, rowsOf } from "./outbox.ts";
import { type OutboxRows, sweepOutbox } from "./sweep-outbox.ts";

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
  const { collections } = store;
  const remembered = rememberedRows();
  const rows = outboxRows(store);

  return {
    get: async (collection, id) => (await getMany(store, collection, [id]))[0],
    getMany: (collection, ids) => getMany(store, collection, ids),
    list: (collection, query = {}) => list(store, collection, query),
    async commit({ writes, publish, outbox }) {
      const left = rowsOf(outbox, publish, now());
      await commit(store, [...writes.map((write) => writeOf(collections, write)), ...left.map((row) => writeRow(collections, row))]);
      remembered.remember(left);
    },
    async flush(outbox) {
      const own = remembered.take(outbox);
      const waiting = own.length > 0 ? own : await leftOf(store, outbox);
      if (waiting.length === 0) return;
      await bus.publish(waiting.flatMap(({ messages }) => messages));
      await commit(
        store,
        waiting.map(({ id }) => ({ delete: collections.nameOf(OUTBOX, id) })),
      );
    },
    sweepOutbox: (untilMs) => sweepOutbox({ rows, bus, now }, untilMs),
  };
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

async function commit({ calls }: Store, writes: readonly FirestoreWrite[]): Promise<void> {
  if (writes.length === 0) return;
  try {
    await calls.commit(writes);
  } catch (error) {
    const isConditional = writes.some(({ currentDocument }) => currentDocument !== undefined);
    if (isConflict(error, isConditional)) throw new Conflict(messageOf(error), { cause: error });
    throw grpcFailure(error, "firestore: commit", "documents");
  }
}

function writeRow(collections: Collections, row: Row): FirestoreWrite {
  const expiresMs = row.atMs + KEPT_MS;
  return writeOf(collections, { op: "set", collection: OUTBOX, id: row.id, data: rowData(row), expiresMs });
}

/** What another process left, or this one before it started anew. */
async function leftOf(store: Store, outbox: string): Promise<readonly Row[]> {
  const found = await list(store, OUTBOX, { from: outbox, to: `${outbox}~~` });
  return found.filter(({ id }) => belongsTo(outbox, id)).map(readRow);
}

function outboxRows(store: Store): OutboxRows {
  const { calls, collections } = store;
  return {
    async list(after, limit) {
      const filters = after === undefined ? [] : [collections.idFilter(OUTBOX, "GREATER_THAN_OR_EQUAL", `${after}\u0001`)];
      const found = await calls.query({ collection: OUTBOX, filters, limit });
      return found.map((stored) => readRow(collections.documentOf(OUTBOX, stored)));
    },
    async settle(row, left: readonly Message[]) {
      const kept = writeRow(collections, { ...row, messages: left });
      await commit(store, [left.length === 0 ? { delete: collections.nameOf(OUTBOX, row.id) } : kept]);
    },
  };
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
