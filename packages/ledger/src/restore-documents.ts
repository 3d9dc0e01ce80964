/** Puts back into the document store what only the warehouse still has. */

import { derivedId } from "@kintsugi/events/event";
import type { Write } from "@kintsugi/ports/documents";
import { eventOfRow } from "./events-of-rows.ts";
import type { Stores } from "./repair-hour.ts";
import { bucketOf, KEPT_MS, ledgerCollection, ledgerDocument, ledgerId } from "./rows.ts";
import { type Period, rowsAmong } from "./statements.ts";
import { ledgerTables } from "./tables.ts";

/** A commit holds 500 writes at most, and 10 MiB. */
const AT_ONCE = 100;

/** Returns how many. @param bound of the partitions in which the rows lie */
export async function restoreDocuments(stores: Stores, bound: Period, keys: readonly string[]): Promise<number> {
  let restored = 0;
  for (let from = 0; from < keys.length; from += AT_ONCE) {
    const some = keys.slice(from, from + AT_ONCE);
    const writes = await writesOf(stores, bound, some);
    if (writes.length > 0) await stores.documents.commit({ writes, publish: [], outbox: derivedId("ledger-restored", ...some) });
    restored += writes.length;
  }
  return restored;
}

async function writesOf({ ledger, place }: Stores, bound: Period, keys: readonly string[]): Promise<readonly Write[]> {
  const writes = new Map<string, Write>();
  for (const table of ledgerTables) {
    const { rows } = await ledger.query(rowsAmong(place, table, bound, keys));
    for (const row of rows) {
      const recorded = eventOfRow(table, row);
      if (recorded === undefined) continue;
      const { event, recordedMs } = recorded;
      const id = ledgerId(bucketOf(recordedMs), String(row["event_key"]));
      const data = ledgerDocument(event, recordedMs);
      writes.set(id, { op: "set", collection: ledgerCollection, id, data, expiresMs: recordedMs + KEPT_MS });
    }
  }
  return [...writes.values()];
}
