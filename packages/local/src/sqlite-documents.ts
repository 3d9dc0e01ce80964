/** Documents in SQLite; what a change publishes goes to the bus in the same transaction, and so does the acknowledgement of what caused it. */

import type { SQLInputValue } from "node:sqlite";
import type { Change, Document, Documents, ListQuery, Write } from "@kintsugi/ports/documents";
import { Conflict } from "@kintsugi/ports/failure";
import type { JsonObject } from "@kintsugi/ports/json";
import type { LocalBus } from "./local-bus.ts";
import { inTransaction, reading, type Sqlite } from "./sqlite-database.ts";

/** Documents that share transactions with the bus of one machine. */
export type LocalDocuments = Documents & {
  /** The deliveries are acknowledged if, and only if, the change is stored. */
  commitWithAck(change: Change, deliveryIds: readonly number[]): Promise<void>;
};

export type SqliteDocuments = LocalDocuments & {
  /** Deletes what has expired, at most so many documents. Returns how many. */
  removeExpired(nowMs: number, limit: number): number;
};

type Row = { readonly id: string; readonly data: string; readonly version: number; readonly expires_ms?: number | null };

export function sqliteDocuments({ database, commit }: Sqlite, bus: Pick<LocalBus, "insert">): SqliteDocuments {
  const read = database.prepare("SELECT id, data, version, expires_ms FROM documents WHERE collection = ? AND id = ?");
  const create = database.prepare("INSERT INTO documents VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
  const put = database.prepare(
    "INSERT INTO documents VALUES (?, ?, ?, ?, ?) ON CONFLICT (collection, id) DO UPDATE SET data = excluded.data, version = excluded.version, expires_ms = excluded.expires_ms",
  );
  const remove = database.prepare("DELETE FROM documents WHERE collection = ? AND id = ?");
  const drop = database.prepare("DELETE FROM documents WHERE rowid IN (SELECT rowid FROM documents WHERE expires_ms <= ? LIMIT ?)");
  const acknowledge = database.prepare("DELETE FROM deliveries WHERE id = ?");
  const count = database.prepare(
    "INSERT INTO counters VALUES ('version', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
  );
  const find = (collection: string, id: string): Document | undefined => documentOf(read.get(collection, id) as Row | undefined);

  function apply(write: Write, version: number): void {
    const { collection, id } = write;
    switch (write.op) {
      case "create":
        if (create.run(collection, id, JSON.stringify(write.data), version, write.expiresMs ?? null).changes === 0)
          throw new Conflict(`${collection}/${id} exists`);
        return;
      case "set":
        if (write.version !== undefined) expectVersion(find(collection, id), write);
        put.run(collection, id, JSON.stringify(write.data), version, write.expiresMs ?? null);
        return;
      case "merge": {
        const row = read.get(collection, id) as Row | undefined;
        const before = documentOf(row);
        if (write.version !== undefined) expectVersion(before, write);
        const expiresMs = write.expiresMs ?? row?.expires_ms ?? null;
        put.run(collection, id, JSON.stringify({ ...before?.data, ...write.data }), version, expiresMs);
        return;
      }
      case "delete":
        if (write.version !== undefined) expectVersion(find(collection, id), write);
        remove.run(collection, id);
        return;
    }
  }

  function store(change: Change, deliveryIds: readonly number[]): Promise<void> {
    return commit(() => {
      const { value: version } = count.get() as { value: number };
      for (const write of change.writes) apply(write, version);
      bus.insert(change.publish);
      for (const id of deliveryIds) acknowledge.run(id);
    });
  }

  return {
    get: async (collection, id) => reading(() => find(collection, id)),
    getMany: async (collection, ids) => reading(() => ids.map((id) => find(collection, id))),
    async list(collection, query = {}) {
      const { sql, values } = listStatement(collection, query);
      const rows = reading(() => database.prepare(sql).all(...values)) as Row[];
      return rows.map((row) => documentOf(row)!);
    },
    commit: (change) => store(change, []),
    commitWithAck: store,
    flush: async () => {},
    sweepOutbox: async () => [],
    removeExpired: (nowMs, limit) => Number(inTransaction(database, () => drop.run(nowMs, limit)).changes),
  };
}

function expectVersion(document: Document | undefined, write: { collection: string; id: string; version?: string }): void {
  if (document?.version !== write.version) throw new Conflict(`${write.collection}/${write.id} has changed`);
}

function listStatement(collection: string, { from, to, limit, unlessTrue }: ListQuery): { sql: string; values: SQLInputValue[] } {
  const values: SQLInputValue[] = [collection];
  let sql = "SELECT id, data, version FROM documents WHERE collection = ?";
  const and = (condition: string, value: SQLInputValue): void => {
    sql += ` AND ${condition}`;
    values.push(value);
  };
  if (from !== undefined) and("id >= ?", from);
  if (to !== undefined) and("id < ?", to);
  if (unlessTrue !== undefined) and("json_extract(data, ?) IS NOT TRUE", `$.${JSON.stringify(unlessTrue)}`);
  sql += " ORDER BY id";
  if (limit !== undefined) {
    sql += " LIMIT ?";
    values.push(limit);
  }
  return { sql, values };
}

function documentOf(row: Row | undefined): Document | undefined {
  return row === undefined ? undefined : { id: row.id, data: JSON.parse(row.data) as JsonObject, version: String(row.version) };
}
