/** On every event: into the warehouse if it can be reached, and into the document store, which makes up for it later. */

import { eventKey, type Event } from "@kintsugi/events/event";
import type { Context, Dependencies, Outcome } from "@kintsugi/function-kit/declaration";
import { bucketOf, byTable, ledgerCollection, ledgerDocument, ledgerId, pendingCollection, rowOf, type Row } from "@kintsugi/ledger/rows";
import { messageOf } from "@kintsugi/ports/failure";
import type { JsonObject } from "@kintsugi/ports/json";
import type { LedgerTables } from "@kintsugi/ports/warehouse";

/** The warehouse comes first: its append is idempotent, so a crash before the commit only repeats it. */
export function recordEvents({ ledger }: Pick<Dependencies, "ledger">) {
  return async (events: readonly Event[], { nowMs }: Context): Promise<Outcome> => {
    const rows = events.map((event) => rowOf(event, nowMs));
    const trouble = await tryAppend(ledger, rows);
    const bucket = bucketOf(nowMs);
    const documents = events.map(
      (event) =>
        ({ op: "set", collection: ledgerCollection, id: ledgerId(bucket, eventKey(event)), data: ledgerDocument(event, nowMs) }) as const,
    );
    if (trouble === undefined) return { writes: documents };
    const pending = rows.map(
      ({ table, row }) =>
        ({ op: "set", collection: pendingCollection, id: String(row["event_key"]), data: { table, row } as JsonObject }) as const,
    );
    return { writes: [...documents, ...pending], log: [{ reason: "warehouse-behind", events: events.length, trouble }] };
  };
}

async function tryAppend(ledger: LedgerTables, rows: readonly Row[]): Promise<string | undefined> {
  try {
    for (const [table, group] of byTable(rows)) await ledger.append(table, group);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}
