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
  /** Rows that the warehouse does not take, for good. */
  readonly refused: number;
};

/** Everything up to now, open bucket included: for when the bus is known to be empty. */
export async function reconcileAll({ nowMs, ...given }: Pick<Stores, "documents" | "ledger"> & { readonly nowMs: number }): Promise<void> {
  const stores: Stores = { ...given, place: localPlace, keepRefused: () => ({ writes: [], publish: [] }) };
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

/** Compares the stores hour by hour, and appends exactly what the warehouse lacks. */
export async function repairBuckets(stores: Stores, period: Period): Promise<Repaired> {
  const total = { buckets: 0, repaired: 0, onlyInWarehouse: 0, refused: 0 };
  if (period.fromMs >= period.untilMs) return total;
  const { rows } = await stores.ledger.query(digestBetween(stores.place, period));
  const digests = new Map(rows.map((row) => [String(row["bucket"]), digestOfRow(row)]));
  const bound = partitionsOf(period);
  for (let { fromMs } = period; fromMs < period.untilMs; fromMs += HOUR_MS) {
    const digest = digests.get(bucketOf(fromMs)) ?? digestOf([]);
    const hour = await repairHour(stores, { fromMs, untilMs: fromMs + HOUR_MS }, { digest, bound });
    total.buckets++;
    total.repaired += hour.repaired;
    total.onlyInWarehouse += hour.onlyInWarehouse;
    total.refused += hour.refused;
  }
  return total;
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
