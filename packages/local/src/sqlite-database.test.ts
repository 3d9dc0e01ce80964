import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inTransaction, openSqlite } from "./sqlite-database.ts";
import { sqliteDocuments } from "./sqlite-documents.ts";

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "kintsugi-sqlite-"))));
afterAll(() => rmSync(folder, { recursive: true }));

test("a file that another process holds is a passing failure of the document store", () => {
  const [{ database: one }, { database: other }] = [openSqlite(join(folder, "held.db")), openSqlite(join(folder, "held.db"))];
  other.exec("PRAGMA busy_timeout = 0");
  one.exec("BEGIN IMMEDIATE");
  expect(() => inTransaction(other, () => {})).toThrow(expect.objectContaining({ failure: "transient", about: "documents" }));
  one.exec("ROLLBACK");
  expect(inTransaction(other, () => 1)).toBe(1);
  one.close();
  other.close();
});

test("what is stored reaches the disk before anybody is told so", () => {
  const { database, close } = openSqlite(join(folder, "settings.db"));
  expect(database.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
  expect(database.prepare("PRAGMA synchronous").get()).toEqual({ synchronous: 2 });
  close();
});

test("what throws inside a transaction leaves nothing behind, and comes out as it is", () => {
  const { database } = openSqlite(":memory:");
  const insert = database.prepare("INSERT INTO schedules VALUES ('f', 1)");
  const ours = new Error("ours");
  expect(() =>
    inTransaction(database, () => {
      insert.run();
      throw ours;
    }),
  ).toThrow(ours);
  expect(database.prepare("SELECT count(*) AS count FROM schedules").get()).toEqual({ count: 0 });
  database.close();
});

test("a file of the version before keeps its documents, which then may expire", async () => {
  const file = join(folder, "former.db");
  const former = new DatabaseSync(file);
  former.exec(`CREATE TABLE documents (collection TEXT NOT NULL, id TEXT NOT NULL, data TEXT NOT NULL, version INTEGER NOT NULL,
    PRIMARY KEY (collection, id)) WITHOUT ROWID; INSERT INTO documents VALUES ('c', 'old', '{"n":1}', 1); PRAGMA user_version = 1;`);
  former.close();
  const sqlite = openSqlite(file);
  const documents = sqliteDocuments(sqlite, { insert: () => [] });
  expect(await documents.get("c", "old")).toEqual({ id: "old", data: { n: 1 }, version: "1" });
  const set = (id: string, expiresMs: number) => ({ op: "set", collection: "c", id, data: {}, expiresMs }) as const;
  await documents.commit({ writes: [set("a", 10), set("b", 10), set("later", 11)], publish: [], outbox: "o" });
  documents.removeExpired(10, 1);
  expect(await documents.list("c")).toHaveLength(3);
  documents.removeExpired(10, 100);
  expect((await documents.list("c")).map(({ id }) => id)).toEqual(["later", "old"]);
  sqlite.close();
});
