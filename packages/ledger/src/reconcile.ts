/** Brings the two stores of the ledger together: first what is known to be missing, then whatever a digest shows. */

import type { Event } from "@kintsugi/events/event";
import type { Documents } from "@kintsugi/ports/documents";
import type { JsonObject } from "@kintsugi/ports/json";
import type { LedgerTables } from "@kintsugi/ports/warehouse";
import { digestOf, sameDigest } from "./digest.ts";
import { bucketOf, byTable, ledgerCollection, pendingCollection, rowOf, type Row } from "./rows.ts";
import { digestBetween, keysBetween, localPlace, type LedgerLocation } from "./statements.ts";

const HOUR_MS = 3_600_000;
const BATCH = 500;

export type Stores = { readonly documents: Documents; readonly ledger: LedgerTables; readonly place: LedgerLocation };
export type Repaired = { readonly buckets: number; readonly repaired: number; readonly onlyInWarehouse: number };

/** Everything up to now, open bucket included: for when the bus is known to be empty. */
export async function reconcileAll({
  documents,
  ledger,
  nowMs,
}: {
  documents: Documents;
  ledger: LedgerTables;
  nowMs: number;
}): Promise<void> {
  const stores = { documents, ledger, place: localPlace };
  await catchUp(stores);
  const fromMs = await firstBucket(documents);
  if (fromMs !== undefined) await repairBuckets(stores, fromMs, nowMs + HOUR_MS);
}

/** Appends the rows that wait for the warehouse. Answers with how many there were. */
export async function catchUp({ documents, ledger }: Stores): Promise<number> {
  for (let appended = 0; ;) {
    const pending = await documents.list(pendingCollection, { limit: BATCH });
    if (pending.length === 0) return appended;
    await append(
      ledger,
      pending.map(({ data }) => data as unknown as Row),
    );
    await documents.commit({
      writes: pending.map(({ id }) => ({ op: "delete", collection: pendingCollection, id })),
      publish: [],
      outbox: "catch-up",
    });
    appended += pending.length;
  }
}

/** Compares the stores hour by hour in [fromMs, untilMs), and appends exactly what the warehouse lacks. */
export async function repairBuckets(stores: Stores, fromMs: number, untilMs: number): Promise<Repaired> {
  if (fromMs >= untilMs) return { buckets: 0, repaired: 0, onlyInWarehouse: 0 };
  const { rows } = await stores.ledger.query(digestBetween(stores.place, fromMs, untilMs));
  const digests = new Map(rows.map((row) => [String(row["bucket"]), digestOfRow(row)]));
  let [buckets, repaired, onlyInWarehouse] = [0, 0, 0];
  for (let atMs = fromMs; atMs < untilMs; atMs += HOUR_MS) {
    buckets++;
    const bucket = bucketOf(atMs);
    const kept = await stores.documents.list(ledgerCollection, { from: `${bucket}~`, to: `${bucket}\u007f` });
    const keys = kept.map(({ id }) => id.slice(bucket.length + 1));
    if (sameDigest(digestOf(keys), digests.get(bucket) ?? digestOf([]))) continue;
    const there = new Set(
      (await stores.ledger.query(keysBetween(stores.place, atMs, atMs + HOUR_MS))).rows.map((row) => String(row["event_key"])),
    );
    const missing = kept.filter((_, index) => !there.has(keys[index]!));
    await append(
      stores.ledger,
      missing.map(({ data }) => rowOf(data as unknown as Event, Date.parse(String(data["recorded_at"])))),
    );
    repaired += missing.length;
    onlyInWarehouse += [...there].filter((key) => !keys.includes(key)).length;
  }
  return { buckets, repaired, onlyInWarehouse };
}

function digestOfRow(row: JsonObject): { count: number; sum: bigint; xor: bigint } {
  return { count: Number(row["count"]), sum: BigInt(String(row["sum"])), xor: BigInt(String(row["xor"])) };
}

async function append(ledger: LedgerTables, rows: readonly Row[]): Promise<void> {
  for (const [table, group] of byTable(rows)) await ledger.append(table, group);
}

/** The first hour of which the ledger holds an event, epoch ms. */
export async function firstBucket(documents: Documents): Promise<number | undefined> {
  const [first] = await documents.list(ledgerCollection, { limit: 1 });
  return first === undefined ? undefined : Date.parse(`${first.id.slice(0, 13)}:00:00Z`);
}
