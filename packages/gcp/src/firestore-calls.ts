/** The four calls of Firestore that the adapter makes. Each ends at its deadline, and what fails is a failure with its class. */

import { DEADLINE_MS } from "@kintsugi/function-kit/deadlines";
import type { ConnectedFirestore, FirestoreClient } from "./firestore-client.ts";
import type { Fields, FirestoreTime, Value } from "./firestore-values.ts";
import { callOptions, renewingCaller } from "./grpc-calls.ts";
import { grpcFailure } from "./grpc-failure.ts";

export type Stored = { readonly name: string; readonly fields: Fields; readonly updateTime: FirestoreTime };

/** At most one condition: the version that was read, or that there is none. */
export type FirestoreWrite = {
  readonly update?: { readonly name: string; readonly fields: Fields };
  readonly delete?: string;
  /** Without it, the whole document is replaced. */
  readonly updateMask?: { readonly fieldPaths: string[] };
  readonly currentDocument?: { readonly updateTime: FirestoreTime } | { readonly exists: false };
};

export type Filter = {
  readonly fieldFilter: {
    readonly field: { readonly fieldPath: string };
    readonly op: "GREATER_THAN_OR_EQUAL" | "LESS_THAN" | "EQUAL";
    readonly value: Value;
  };
};

/** Ordered by id. */
export type FirestoreQuery = { readonly collection: string; readonly filters: readonly Filter[]; readonly limit?: number | undefined };

export type FirestoreCalls = {
  /** Throws what the client threw. */
  commit(writes: readonly FirestoreWrite[]): Promise<void>;
  /** In the order of the names. */
  getAll(names: readonly string[]): Promise<readonly (Stored | undefined)[]>;
  query(query: FirestoreQuery): Promise<readonly Stored[]>;
  count(query: FirestoreQuery): Promise<number>;
};

const ABOUT = "documents";

/** @param database its full name */
export function firestoreCalls(database: string, deadlineMs = DEADLINE_MS): FirestoreCalls {
  const connect = async (): Promise<ConnectedFirestore> => (await import("./firestore-client.ts")).connectFirestore(database);
  /** A collection below a document is asked for there. */
  const parentOf = ({ collection }: FirestoreQuery): string => [database, "documents", ...collection.split("/").slice(0, -1)].join("/");
  const renewing = renewingCaller(connect, ABOUT, deadlineMs);
  const call = <T>(run: (client: FirestoreClient, options: object) => Promise<T>): Promise<T> =>
    renewing(({ client, headers }) => run(client, callOptions(deadlineMs, headers)));

  async function read<T>(what: string, run: (client: FirestoreClient, options: object) => Promise<T>): Promise<T> {
    try {
      return await call(run);
    } catch (error) {
      throw grpcFailure(error, `firestore: ${what}`, ABOUT);
    }
  }

  return {
    async commit(writes) {
      await call((client, options) => client.commit({ database, writes: writes as object[] }, options));
    },
    getAll: (names) =>
      read("get", (client, options) => getAll(client.batchGetDocuments({ database, documents: [...names] }, options), names)),
    query: (query) =>
      read(query.collection, (client, options) =>
        collect(client.runQuery({ parent: parentOf(query), structuredQuery: structured(query) }, options)),
      ),
    count: (query) =>
      read(query.collection, async (client, options) => {
        const aggregations = [{ alias: "n", count: {} }];
        const structuredAggregationQuery = { structuredQuery: structured(query), aggregations };
        for await (const { result } of client.runAggregationQuery(
          { parent: parentOf(query), structuredAggregationQuery },
          options,
        ) as AsyncIterable<Counted>)
          if (result !== undefined) return Number(result.aggregateFields["n"]?.integerValue ?? 0);
        return 0;
      }),
  };
}

type Counted = { readonly result?: { readonly aggregateFields: Readonly<Record<string, Value>> } };

async function getAll(answers: AsyncIterable<unknown>, names: readonly string[]): Promise<readonly (Stored | undefined)[]> {
  const found = new Map<string, Stored>();
  for await (const answer of answers as AsyncIterable<{ found?: Stored }>) if (answer.found) found.set(answer.found.name, answer.found);
  return names.map((name) => found.get(name));
}

async function collect(answers: AsyncIterable<unknown>): Promise<readonly Stored[]> {
  const stored: Stored[] = [];
  for await (const { document } of answers as AsyncIterable<{ document?: Stored | null }>) if (document) stored.push(document);
  return stored;
}

function structured({ collection, filters, limit }: FirestoreQuery): object {
  return {
    from: [{ collectionId: collection.slice(collection.lastIndexOf("/") + 1) }],
    orderBy: [{ field: { fieldPath: "__name__" } }],
    ...(filters.length === 0 ? {} : { where: { compositeFilter: { op: "AND", filters } } }),
    ...(limit === undefined ? {} : { limit: { value: limit } }),
  };
}
