/** On every event: into the warehouse if it can be reached, and into the document store, which makes up for it later. */

import { eventKey, type Event } from "@kintsugi/events/event";
import type { Context, Dependencies, Outcome } from "@kintsugi/function-kit/declaration";
import { appendRows, type RefusedRow } from "@kintsugi/ledger/append-rows";
import { bucketOf, KEPT_MS, ledgerCollection, ledgerDocument, ledgerId, pendingCollection, rowOf, type Row } from "@kintsugi/ledger/rows";
import type { Write } from "@kintsugi/ports/documents";
import { messageOf } from "@kintsugi/ports/failure";
import type { JsonObject } from "@kintsugi/ports/json";
import { tellBehind } from "./tell-behind.ts";

/**
 * The warehouse comes first: its append is idempotent, so a crash before the commit only repeats it.
 * An event whose row it refuses for good is kept all the same, and its message goes to the dead letters by itself.
 */
export function recordEvents({ ledger, documents: store }: Pick<Dependencies, "ledger" | "documents">) {
  return async (events: readonly Event[], { nowMs }: Context): Promise<Outcome> => {
    const rows = events.map((event) => rowOf(event, nowMs));
    const { refused, trouble } = await tryAppend(ledger, rows);
    const reasons = new Map(refused.map(({ row, reason }) => [row, reason]));
    const recorded = events.map((event, index) => ({ event, row: rows[index]!, reason: reasons.get(rows[index]!) }));
    const documents = recorded.map(({ event, reason }) => documentOf(event, nowMs, reason !== undefined));
    const turnedDown = recorded.flatMap(({ event, reason }) => (reason === undefined ? [] : [{ event, reason }]));
    if (trouble === undefined) return { writes: documents, refused: turnedDown };
    const pending = rows.map((row) => waiting(row, nowMs));
    const { writes, publish } = await tellBehind(store, trouble, nowMs);
    const log = [{ reason: "warehouse-behind", events: events.length, trouble: messageOf(trouble) }];
    return { writes: [...documents, ...pending, ...writes], publish, log };
  };
}

async function tryAppend(
  ledger: Dependencies["ledger"],
  rows: readonly Row[],
): Promise<{ readonly refused: readonly RefusedRow[]; readonly trouble?: unknown }> {
  try {
    return { refused: await appendRows(ledger, rows) };
  } catch (error) {
    return { refused: [], trouble: error };
  }
}

function documentOf(event: Event, nowMs: number, isRefused: boolean): Write {
  const id = ledgerId(bucketOf(nowMs), eventKey(event));
  return { op: "set", collection: ledgerCollection, id, data: ledgerDocument(event, nowMs, isRefused), expiresMs: nowMs + KEPT_MS };
}

function waiting({ table, row }: Row, nowMs: number): Write {
  const data = { table, row } satisfies JsonObject;
  return { op: "set", collection: pendingCollection, id: String(row["event_key"]), data, expiresMs: nowMs + KEPT_MS };
}
