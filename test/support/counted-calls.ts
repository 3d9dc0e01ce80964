/** Counts what is asked of Google, as it is billed: at the clients, so that no layer of ours can hide a call. */

import { createRequire } from "node:module";
import { resolve } from "node:path";
import { EXPIRES } from "@kintsugi/gcp/firestore-names";
import type { Bus, Message } from "@kintsugi/ports/bus";
import type { LedgerTables, QueryResult, Warehouse } from "@kintsugi/ports/warehouse";
import { type Counts, noCounts } from "./budgets.ts";
import { messageBytes, rowBytes } from "./prices.ts";

export type Counter = {
  add(kind: keyof Counts, amount: number): void;
  /** Since it was last asked. */
  take(): Counts;
};

export function counter(): Counter {
  let counts = noCounts();
  return {
    add: (kind, amount) => void (counts[kind] += amount),
    take() {
      const taken = counts;
      counts = noCounts();
      return taken;
    },
  };
}

type Sent = { readonly update?: { readonly name: string; readonly fields: object }; readonly delete?: string };
type Streamed<Request> = (request: Request, options: object) => AsyncIterable<unknown>;
type Client = {
  commit(request: { readonly writes: readonly Sent[] }, options: object): Promise<unknown>;
  batchGetDocuments: Streamed<{ readonly documents: readonly string[] }>;
  runQuery: Streamed<object>;
  runAggregationQuery: Streamed<object>;
};

/** For all clients of this process, from now on. */
export function countFirestore({ add }: Counter): void {
  const ofGcp = createRequire(resolve(import.meta.dirname, "../../packages/gcp/package.json"));
  const { v1 } = ofGcp("@google-cloud/firestore") as { v1: { FirestoreClient: { prototype: Client } } };
  const { prototype } = v1.FirestoreClient;
  const { commit, batchGetDocuments, runQuery, runAggregationQuery } = prototype;
  const note = writeNotes(add);
  prototype.commit = async function counted(request, options) {
    const answer = await commit.call(this, request, options);
    request.writes.forEach(note);
    return answer;
  };
  prototype.batchGetDocuments = function counted(request, options) {
    add("reads", request.documents.length);
    return batchGetDocuments.call(this, request, options);
  };
  prototype.runQuery = function counted(request, options) {
    return readsOf(runQuery.call(this, request, options), add, (answer) => ("document" in answer && answer.document ? 1 : 0));
  };
  prototype.runAggregationQuery = function counted(request, options) {
    return readsOf(runAggregationQuery.call(this, request, options), add, entriesCounted);
  };
}

/** A document that is new and has an expiry will be deleted once, unless it is deleted before. */
function writeNotes(add: Counter["add"]): (write: Sent) => void {
  const expiring = new Set<string>();
  return ({ update, delete: deleted }) => {
    add(update === undefined ? "deletes" : "writes", 1);
    if (deleted !== undefined && expiring.delete(deleted)) add("expiring", -1);
    if (update === undefined || !(EXPIRES in update.fields) || expiring.has(update.name)) return;
    expiring.add(update.name);
    add("expiring", 1);
  };
}

async function* readsOf(answers: AsyncIterable<unknown>, add: Counter["add"], readsIn: (answer: object) => number): AsyncGenerator {
  let reads = 0;
  for await (const answer of answers) {
    reads += readsIn(answer as object);
    yield answer;
  }
  add("queries", 1);
  add("reads", Math.max(1, reads));
}

/** A count is a read for each thousand index entries that it passes. */
function entriesCounted(answer: object): number {
  const { result } = answer as { result?: { aggregateFields: Record<string, { integerValue?: string | number }> } };
  const counted = Object.values(result?.aggregateFields ?? {}).map(({ integerValue = 0 }) => Number(integerValue));
  return counted.reduce((sum, entries) => sum + Math.ceil(entries / 1_000), 0);
}

/** @param told each message that was published */
export function countedBus(bus: Bus, { add }: Counter, told: (message: Message) => void): Bus {
  return {
    async publish(messages) {
      const ids = await bus.publish(messages);
      for (const message of messages) {
        add("publishedBytes", messageBytes(message));
        told(message);
      }
      return ids;
    },
  };
}

export function countedLedger(ledger: LedgerTables, { add }: Counter): LedgerTables {
  return {
    ...ledger,
    async append(table, rows) {
      await ledger.append(table, rows);
      for (const row of rows) add("rowBytes", rowBytes(row));
    },
    query: countedQuery(ledger.query, add),
  };
}

export function countedWarehouse(warehouse: Warehouse, { add }: Counter): Warehouse {
  return { ...warehouse, query: countedQuery(warehouse.query, add) };
}

function countedQuery(query: (sql: string) => Promise<QueryResult>, add: Counter["add"]): (sql: string) => Promise<QueryResult> {
  return async (sql) => {
    const result = await query(sql);
    add("queriedBytes", result.bytes);
    return result;
  };
}
