import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inTransaction, openSqlite } from "./sqlite-database.ts";

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "kintsugi-sqlite-"))));
afterAll(() => rmSync(folder, { recursive: true }));

test("a file that another process holds is a passing failure of the document store", () => {
  const [one, other] = [openSqlite(join(folder, "held.db")), openSqlite(join(folder, "held.db"))];
  other.exec("PRAGMA busy_timeout = 0");
  one.exec("BEGIN IMMEDIATE");
  expect(() => inTransaction(other, () => {})).toThrow(expect.objectContaining({ failure: "transient", about: "documents" }));
  one.exec("ROLLBACK");
  expect(inTransaction(other, () => 1)).toBe(1);
  one.close();
  other.close();
});

test("what throws inside a transaction leaves nothing behind, and comes out as it is", () => {
  const database = openSqlite(":memory:");
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
