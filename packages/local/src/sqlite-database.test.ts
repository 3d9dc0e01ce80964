import { mkdtempSync, readFileSync, rmSync } from "node:fs";
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

test("a file of schema 2 is brought into the new form, with all that it holds", async () => {
  const file = join(folder, "second.db");
  const former = new DatabaseSync(file);
  former.exec(`CREATE TABLE documents (collection TEXT NOT NULL, id TEXT NOT NULL, data TEXT NOT NULL, version INTEGER NOT NULL, expires_ms INTEGER,
    PRIMARY KEY (collection, id)) WITHOUT ROWID; CREATE INDEX documents_expired ON documents (expires_ms) WHERE expires_ms IS NOT NULL;
    CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID; INSERT INTO counters VALUES ('version', 7);
    INSERT INTO documents VALUES ('c', 'stays', '{"n":1}', 5, NULL), ('c', 'ends', '{"n":2}', 7, 10); PRAGMA user_version = 2;`);
  former.close();
  for (let opening = 0; opening < 2; opening++) {
    const sqlite = openSqlite(file);
    const documents = sqliteDocuments(sqlite, { insert: () => [] });
    expect(await documents.list("c")).toEqual([
      { id: "ends", data: { n: 2 }, version: "7" },
      { id: "stays", data: { n: 1 }, version: "5" },
    ]);
    expect(sqlite.database.prepare("PRAGMA user_version").get()).toEqual({ user_version: 3 });
    sqlite.close();
  }
  const sqlite = openSqlite(file);
  const documents = sqliteDocuments(sqlite, { insert: () => [] });
  expect(documents.removeExpired(10, 100)).toBe(1);
  await documents.commit({ writes: [{ op: "set", collection: "c", id: "stays", version: "5", data: { n: 3 } }], publish: [], outbox: "o" });
  expect(await documents.list("c")).toEqual([{ id: "stays", data: { n: 3 }, version: "8" }]);
  sqlite.close();
});

test("a file of a newer version is refused, and not a byte of it is changed", () => {
  const file = join(folder, "newer.db");
  const newer = new DatabaseSync(file);
  newer.exec("CREATE TABLE something (else_ TEXT); PRAGMA user_version = 99");
  newer.close();
  const before = readFileSync(file);
  expect(() => openSqlite(file)).toThrow(
    expect.objectContaining({
      failure: "needs-human",
      message: `${file} was written by a newer kintsugi (schema 99, this one knows 3): update kintsugi`,
    }),
  );
  expect(readFileSync(file).equals(before)).toBe(true);
});

/** Root may write everything: there the file is opened as another user. */
// Root may write what is marked as read only, so SQLite is told to open it so.
test("a file that may only be read is told to be made writable, and not to be moved away", () => {
  const path = join(folder, "read-only.db");
  openSqlite(path).close();
  expect(() => openSqlite(`file:${path}?mode=ro`)).toThrow(
    /read-only\.db\S* cannot be written \(.+\): it stays as it is; let this user write it and the folder /,
  );
});
