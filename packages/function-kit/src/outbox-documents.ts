/** Documents whose bus stands apart: what a change publishes is stored with it, and leaves the store only once the bus has it. */

import type { Bus } from "@kintsugi/ports/bus";
import type { Documents, Write } from "@kintsugi/ports/documents";
import { belongsTo, KEPT_MS, OUTBOX, readRow, rememberedRows, type Row, rowData, rowsOf } from "./outbox.ts";
import { type OutboxRows, sweepOutbox } from "./sweep-outbox.ts";

/** A store that knows of no bus. */
export type PlainDocuments = Pick<Documents, "get" | "getMany" | "list"> & {
  /** All or nothing. Throws `Conflict` when a precondition does not hold. */
  commit(writes: readonly Write[]): Promise<void>;
};

export type OutboxParts = { readonly bus: Bus; readonly now: () => number };

export function outboxDocuments(store: PlainDocuments, { bus, now }: OutboxParts): Documents {
  const remembered = rememberedRows();
  const rows = outboxRows(store);

  return {
    get: store.get,
    getMany: store.getMany,
    list: store.list,
    async commit({ writes, publish, outbox }) {
      const left = rowsOf(outbox, publish, now());
      await store.commit([...writes, ...left.map(writeOf)]);
      remembered.remember(left);
    },
    async flush(outbox) {
      const own = remembered.take(outbox);
      const waiting = own.length > 0 ? own : await leftOf(store, outbox);
      if (waiting.length === 0) return;
      await bus.publish(waiting.flatMap(({ messages }) => messages));
      await store.commit(waiting.map(removalOf));
    },
    sweepOutbox: (untilMs) => sweepOutbox({ rows, bus, now }, untilMs),
  };
}

function writeOf(row: Row): Write {
  return { op: "set", collection: OUTBOX, id: row.id, data: rowData(row), expiresMs: row.atMs + KEPT_MS };
}

function removalOf({ id }: Row): Write {
  return { op: "delete", collection: OUTBOX, id };
}

/** What another process left, or this one before it started anew. */
async function leftOf(store: PlainDocuments, outbox: string): Promise<readonly Row[]> {
  const found = await store.list(OUTBOX, { from: outbox, to: `${outbox}~~` });
  return found.filter(({ id }) => belongsTo(outbox, id)).map(readRow);
}

function outboxRows(store: PlainDocuments): OutboxRows {
  return {
    async list(after, limit) {
      const found = await store.list(OUTBOX, { ...(after === undefined ? {} : { from: `${after}\u0001` }), limit });
      return found.map(readRow);
    },
    settle: (row, left) => store.commit([left.length === 0 ? removalOf(row) : writeOf({ ...row, messages: left })]),
  };
}
