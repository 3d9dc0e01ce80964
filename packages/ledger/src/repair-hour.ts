/** Brings the two stores of the ledger together for the events that were taken in within one hour. */

import type { Event } from "@kintsugi/events/event";
import { derivedId } from "@kintsugi/events/event";
import type { Message } from "@kintsugi/ports/bus";
import type { Document, Documents, Write } from "@kintsugi/ports/documents";
import type { JsonObject } from "@kintsugi/ports/json";
import type { LedgerTables } from "@kintsugi/ports/warehouse";
import { appendRows } from "./append-rows.ts";
import { type Digest, digestOf, sameDigest } from "./digest.ts";
import { findMissing, type Keyed } from "./find-missing.ts";
import { bucketOf, ledgerCollection, partitionMs, rowOf } from "./rows.ts";
import { restoreDocuments } from "./restore-documents.ts";
import { keysBetween, type LedgerLocation, partitionsOf, type Period } from "./statements.ts";

export type Stores = {
  readonly documents: Documents;
  readonly ledger: LedgerTables;
  readonly place: LedgerLocation;
  readonly keepRefused: KeepRefused;
  /** What the warehouse took in before, epoch ms, is put back into no document: it has expired. */
  readonly keptSinceMs: number;
};

/** `id`: of its document in the ledger, where there is one. */
export type RefusedEvent = { readonly key: string; readonly reason: string; readonly data: JsonObject; readonly id?: string };
/** What is stored and told of an event whose row the warehouse does not take, for good. */
export type KeepRefused = (refused: RefusedEvent) => { readonly writes: readonly Write[]; readonly publish: readonly Message[] };

type Kept = Keyed & { readonly document: Document };
/** `bound`: of the partitions that the digest has looked at. */
type Compared = { readonly digest: Digest; readonly bound: Period };
type HourRepaired = {
  readonly repaired: number;
  readonly onlyInWarehouse: number;
  readonly restored: number;
  readonly refused: number;
  /** Events of the hour that both stores hold, late ones left out; 0 where they did not agree. */
  readonly agreed: number;
};

export async function repairHour(stores: Stores, hour: Period, { digest, bound }: Compared): Promise<HourRepaired> {
  const { documents, kept, unreadable } = await readHour(stores.documents, bucketOf(hour.fromMs));
  const isNear = ({ atMs }: Kept): boolean => bound.fromMs <= atMs && atMs < bound.untilMs;
  const near = kept.filter(isNear);
  const isSame = sameDigest(digestOf(near.map(({ key }) => key)), digest);
  const there = new Set(isSame ? [] : await keysOf(stores, hour));
  const inDoubt = kept.filter((one) => !isNear(one) || (!isSame && !there.has(one.key)));
  const missing = await findMissing(stores, inDoubt);
  const byRow = new Map(missing.map((one) => [one.row, one]));
  const notTaken = (await appendRows(stores.ledger, [...byRow.keys()])).map(({ row, reason }) => {
    const { key, document } = byRow.get(row)!;
    return { key, reason, id: document.id, data: document.data };
  });
  const refused = [...unreadable, ...notTaken];
  if (refused.length > 0) await storeRefused(stores, refused, []);
  const known = new Set(documents.map(keyOf));
  const unknown = [...there].filter((key) => !known.has(key));
  const isKept = hour.fromMs >= stores.keptSinceMs;
  return {
    repaired: missing.length - notTaken.length,
    onlyInWarehouse: unknown.length,
    restored: isKept ? await restoreDocuments(stores, bound, unknown) : 0,
    refused: refused.length,
    agreed: isSame ? timely(kept, hour).length : 0,
  };
}

/** Those that a comparison of this hour alone would look at. */
function timely(kept: readonly Kept[], hour: Period): readonly Kept[] {
  const { fromMs, untilMs } = partitionsOf(hour);
  return kept.filter(({ atMs }) => fromMs <= atMs && atMs < untilMs);
}

/** Their documents say so from then on, and are compared with nothing. */
export async function storeRefused(
  { documents, keepRefused }: Pick<Stores, "documents" | "keepRefused">,
  refused: readonly RefusedEvent[],
  writes: readonly Write[],
): Promise<void> {
  const marks = refused.flatMap(({ id }) =>
    id === undefined ? [] : [{ op: "merge", collection: ledgerCollection, id, data: { refused: true } } as const],
  );
  const kept = refused.map(keepRefused);
  const publish = kept.flatMap((one) => one.publish);
  const outbox = derivedId("ledger-refused", ...refused.map(({ key }) => key));
  await documents.commit({ writes: [...writes, ...marks, ...kept.flatMap((one) => one.writes)], publish, outbox });
  if (publish.length > 0) await documents.flush(outbox);
}

type Hour = { readonly documents: readonly Document[]; readonly kept: readonly Kept[]; readonly unreadable: readonly RefusedEvent[] };

async function readHour(store: Documents, bucket: string): Promise<Hour> {
  const documents = await store.list(ledgerCollection, { from: `${bucket}~`, to: `${bucket}\u007f` });
  const read = documents.filter(({ data }) => data["refused"] !== true).map(readKept);
  return {
    documents,
    kept: read.flatMap((one) => ("row" in one ? [one] : [])),
    unreadable: read.flatMap((one) => ("reason" in one ? [one] : [])),
  };
}

/** What somebody else has put there, or another version, must not hold up what is behind it. */
function readKept(document: Document): Kept | RefusedEvent {
  const { id, data } = document;
  const key = keyOf(document);
  try {
    const row = rowOf(data as unknown as Event, Date.parse(String(data["recorded_at"])));
    const atMs = partitionMs(row);
    if (Number.isNaN(atMs)) throw new Error("it has no time");
    return { key, row, atMs, document };
  } catch (error) {
    return { id, key, data, reason: `the document ${id} is no event: ${(error as Error).message}` };
  }
}

function keyOf({ id }: Document): string {
  return id.slice(id.indexOf("~") + 1);
}

async function keysOf({ ledger, place }: Pick<Stores, "ledger" | "place">, hour: Period): Promise<readonly string[]> {
  return (await ledger.query(keysBetween(place, hour))).rows.map((row) => String(row["event_key"]));
}
