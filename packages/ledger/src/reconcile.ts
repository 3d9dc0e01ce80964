/** Brings the two stores of the ledger together: first what is known to be missing, then whatever a digest shows. */

import type { Documents } from "@kintsugi/ports/documents";
import type { JsonObject } from "@kintsugi/ports/json";
import { appendRows, type RefusedRow } from "./append-rows.ts";
import { type Digest, digestOf } from "./digest.ts";
import { type RefusedEvent, repairHour, storeRefused, type Stores } from "./repair-hour.ts";
import { bucketOf, ledgerCollection, ledgerId, pendingCollection, type Row } from "./rows.ts";
import { digestBetween, localPlace, partitionsOf, type Period } from "./statements.ts";

const HOUR_MS = 3_600_000;
const BATCH = 500;

export type Repaired = {
  readonly buckets: number;
  readonly repaired: number;
  readonly onlyInWarehouse: number;
  /** Of these, the documents that were put back. */
  readonly restored: number;
  /** Rows that the warehouse does not take, for good. */
  readonly refused: number;
  /** The last hour of which both hold the same, and something: by it a later look finds that the warehouse was lost. */
  readonly anchor?: Anchor;
};

/** How many events the warehouse held of an hour; rows leave it only where it is lost. */
export type Anchor = { readonly fromMs: number; readonly count: number };

/** Everything up to now, open bucket included: for when the bus is known to be empty. */
export async function reconcileAll({ nowMs, ...given }: Pick<Stores, "documents" | "ledger"> & { readonly nowMs: number }): Promise<void> {
  // What the documents have lost must be seen, and not be mended.
  const keptSinceMs = Number.POSITIVE_INFINITY;
  const stores: Stores = { ...given, place: localPlace, keepRefused: () => ({ writes: [], publish: [] }), keptSinceMs };
  await catchUp(stores);
  const fromMs = await firstBucket(stores.documents);
  if (fromMs !== undefined) await repairBuckets(stores, { fromMs, untilMs: nowMs + HOUR_MS });
}

/** Appends the rows that wait for the warehouse. Answers with how many it took, and how many it never will. */
export async function catchUp(stores: Stores): Promise<{ readonly appended: number; readonly refused: number }> {
  for (let [appended, refused] = [0, 0]; ;) {
    const pending = await stores.documents.list(pendingCollection, { limit: BATCH });
    if (pending.length === 0) return { appended, refused };
    const rows = pending.map(({ data }) => data as unknown as Row);
    const notTaken = await appendRows(stores.ledger, rows);
    const done = pending.map(({ id }) => ({ op: "delete", collection: pendingCollection, id }) as const);
    await storeRefused(stores, await eventsOf(stores.documents, notTaken), done);
    appended += pending.length - notTaken.length;
    refused += notTaken.length;
  }
}

/**
 * Compares the stores hour by hour, appends exactly what the warehouse lacks, and puts back the documents that are missing.
 * Undefined where the warehouse has lost what it held in the anchor's hour: then nothing was done, and all there is has to be compared.
 */
export async function repairBuckets(stores: Stores, period: Period, anchor?: Anchor): Promise<Repaired | undefined> {
  let total: Repaired = { buckets: 0, repaired: 0, onlyInWarehouse: 0, restored: 0, refused: 0 };
  if (period.fromMs >= period.untilMs) return total;
  const looked = { ...period, fromMs: anchor?.fromMs ?? period.fromMs };
  const { rows } = await stores.ledger.query(digestBetween(stores.place, looked));
  const digests = new Map(rows.map((row) => [String(row["bucket"]), digestOfRow(row)]));
  const held = (fromMs: number): Digest => digests.get(bucketOf(fromMs)) ?? digestOf([]);
  if (anchor !== undefined && held(anchor.fromMs).count < anchor.count) return undefined;
  const bound = partitionsOf(looked);
  for (let { fromMs } = period; fromMs < period.untilMs; fromMs += HOUR_MS) {
    const hour = await repairHour(stores, { fromMs, untilMs: fromMs + HOUR_MS }, { digest: held(fromMs), bound });
    total = {
      buckets: total.buckets + 1,
      repaired: total.repaired + hour.repaired,
      onlyInWarehouse: total.onlyInWarehouse + hour.onlyInWarehouse,
      restored: total.restored + hour.restored,
      refused: total.refused + hour.refused,
      ...(hour.agreed > 0 ? { anchor: { fromMs, count: hour.agreed } } : anchorOf(total)),
    };
  }
  return total;
}

function anchorOf({ anchor }: Repaired): { anchor?: Anchor } {
  return anchor === undefined ? {} : { anchor };
}

/** The first hour of which either store holds an event, epoch ms. @param sinceMs the warehouse, which keeps all, is looked at from here */
export async function firstHour(stores: Stores, sinceMs: number, nowMs: number): Promise<number | undefined> {
  const { rows } = await stores.ledger.query(digestBetween(stores.place, { fromMs: sinceMs, untilMs: nowMs }));
  const [first] = rows.map((row) => Date.parse(`${String(row["bucket"])}:00:00Z`));
  const starts = [await firstBucket(stores.documents), first].filter((ms) => ms !== undefined);
  return starts.length === 0 ? undefined : Math.min(...starts);
}

/** The first hour of which the ledger holds an event, epoch ms. */
export async function firstBucket(documents: Documents): Promise<number | undefined> {
  const [first] = await documents.list(ledgerCollection, { limit: 1 });
  return first === undefined ? undefined : Date.parse(`${first.id.slice(0, 13)}:00:00Z`);
}

/** The events of rows, as the document store has them; of one that it has no more, the row must do. */
async function eventsOf(documents: Documents, refused: readonly RefusedRow[]): Promise<readonly RefusedEvent[]> {
  const ids = refused.map(({ row: { row } }) => ledgerId(bucketOf(Date.parse(String(row["recorded_at"]))), String(row["event_key"])));
  const kept = await documents.getMany(ledgerCollection, ids);
  return refused.map(({ row: { row }, reason }, index) => {
    const document = kept[index];
    return {
      key: String(row["event_key"]),
      reason,
      ...(document === undefined ? { data: row } : { id: document.id, data: document.data }),
    };
  });
}

function digestOfRow(row: JsonObject): Digest {
  return { count: Number(row["count"]), sum: BigInt(String(row["sum"])), xor: BigInt(String(row["xor"])) };
}
