import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSqlite, type Sqlite } from "./sqlite-database.ts";

let folder: string;
let sqlite: Sqlite;
/** As another process sees the file: only what is stored. */
let other: DatabaseSync;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kintsugi-commit-"));
  sqlite = openSqlite(join(folder, "kintsugi.db"));
  other = new DatabaseSync(join(folder, "kintsugi.db"));
});
afterEach(() => {
  other.close();
  sqlite.close();
  rmSync(folder, { recursive: true });
});

const add = (name: string) => (): string => {
  sqlite.database.prepare("INSERT INTO schedules VALUES (?, 1)").run(name);
  return name;
};
const stored = (): unknown[] =>
  other
    .prepare("SELECT function FROM schedules ORDER BY function")
    .all()
    .map((row) => row["function"]);

test("whoever asks is answered only when it is stored", async () => {
  let isAnswered = false;
  const asked = sqlite.commit(add("a")).then((name) => {
    isAnswered = true;
    return { name, stored: stored() };
  });
  await Promise.resolve();
  expect({ isAnswered, stored: stored() }).toEqual({ isAnswered: false, stored: [] });
  expect(await asked).toEqual({ name: "a", stored: ["a"] });
});

test("what is asked for in one turn is one transaction", async () => {
  const said: string[] = [];
  const exec = sqlite.database.exec.bind(sqlite.database);
  sqlite.database.exec = (sql) => {
    said.push(sql);
    exec(sql);
  };
  await Promise.all(["a", "b", "c"].map((name) => sqlite.commit(add(name))));
  expect(said.filter((sql) => sql === "COMMIT")).toHaveLength(1);
  expect(stored()).toEqual(["a", "b", "c"]);
});

test("work that throws is undone by itself, and its neighbours are stored", async () => {
  const failing = sqlite.commit(() => {
    add("half")();
    throw new Error("ours");
  });
  const settled = await Promise.allSettled([sqlite.commit(add("a")), failing, sqlite.commit(add("b"))]);
  expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  await expect(failing).rejects.toThrow("ours");
  expect(stored()).toEqual(["a", "b"]);
});

test("nobody is told that it is stored where the transaction cannot be ended", async () => {
  other.exec("BEGIN IMMEDIATE");
  sqlite.database.exec("PRAGMA busy_timeout = 0");
  const settled = await Promise.allSettled([sqlite.commit(add("a")), sqlite.commit(add("b"))]);
  other.exec("ROLLBACK");
  expect(settled).toEqual([1, 2].map(() => ({ status: "rejected", reason: expect.objectContaining({ failure: "transient" }) })));
  expect(stored()).toEqual([]);
});

test("what was asked for is stored before the file is closed", () => {
  void sqlite.commit(add("a"));
  sqlite.close();
  expect(stored()).toEqual(["a"]);
  sqlite = openSqlite(":memory:");
});
