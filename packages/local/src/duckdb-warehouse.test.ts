import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { withTarget } from "@kintsugi/config/target-parameter";
import { textLiteral } from "@kintsugi/ports/sql-text";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { duckdbFileWarehouse, duckdbWarehouse, type FileWarehouse } from "./duckdb-warehouse.ts";

let instance: DuckDBInstance;
let connection: DuckDBConnection;

beforeAll(async () => {
  instance = await DuckDBInstance.create(":memory:");
  connection = await instance.connect();
  await connection.run("CREATE TABLE predictions (batch_id VARCHAR)");
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

test.for([
  ["batch_1"],
  ["' OR '1'='1"],
  ["x'; DROP TABLE predictions; --"],
  ["x'; DROP TABLE predictions; /*"],
  ["*/ OR true --"],
  ["$$ OR true --"],
  ['" OR true --'],
  ["a\\' OR true --"],
  ["@target"],
  ["line\nbreak"],
  ["$&$'$`"],
  ["ü 🏀"],
])("an id that is put into a statement is that id and nothing else: %j", async ([id]) => {
  await connection.run("DELETE FROM predictions");
  const sql = `select count(*) > 0 as proved /* of '@target', "@target" and $$@target$$ */ from predictions where batch_id = @target -- @target`;
  const proves = async (): Promise<unknown> =>
    (await duckdbWarehouse(async () => connection).query(withTarget("duckdb", sql, textLiteral("duckdb", id!)))).rows;
  expect(await proves()).toEqual([{ proved: false }]);
  await connection.run("INSERT INTO predictions VALUES ($1)", ["another"]);
  expect(await proves()).toEqual([{ proved: false }]);
  await connection.run("INSERT INTO predictions VALUES ($1)", [id!]);
  expect(await proves()).toEqual([{ proved: true }]);
});

/** A warehouse file with a table of 5,000 rows, and a lake beside it. */
async function fileWarehouse(deadlineMs?: number): Promise<{ folder: string; warehouse: FileWarehouse }> {
  const folder = mkdtempSync(join(tmpdir(), "kintsugi-warehouse-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const made = await DuckDBInstance.create(join(folder, "w.duckdb"));
  const loader = await made.connect();
  await loader.run("CREATE TABLE t AS SELECT * FROM range(5000) r(i)");
  loader.closeSync();
  made.closeSync();
  writeFileSync(join(folder, "lake.csv"), "x\n1\n2\n");
  return { folder, warehouse: duckdbFileWarehouse(join(folder, "w.duckdb"), folder, deadlineMs) };
}
const ENDLESS = "select count(*) from t a, t b, t c where (a.i * b.i + c.i) % 7 = 3";

test.for<[name: string, sql: (folder: string) => string, reason: RegExp]>([
  ["copying out", (folder) => `copy t to '${folder}/out.csv'`, /has to be one SELECT/],
  ["exporting", (folder) => `export database '${folder}/out'`, /has to be one SELECT/],
  ["installing", () => "install httpfs", /has to be one SELECT/],
  ["loading", () => "load httpfs", /has to be one SELECT/],
  ["attaching", (folder) => `attach '${folder}/other.duckdb'`, /has to be one SELECT/],
  ["a setting", () => "set memory_limit = '100GB'", /has to be one SELECT/],
  ["a table of its own", () => "create temp table z as select 1", /has to be one SELECT/],
  ["two statements", () => "select 1; drop table t", /has to be one SELECT/],
  ["nothing", () => "-- nothing", /has to be one SELECT/],
  ["a file elsewhere", () => "select * from read_csv('/etc/passwd')", /Permission Error/],
  ["a file elsewhere by a way round", (folder) => `select * from read_text('${folder}/../../etc/passwd')`, /Permission Error/],
  ["a deletion behind a WITH", () => "with x as (select 1) delete from t", /has to be one SELECT|read-only/],
  ["the network", () => "select * from read_csv('https://example.com/a.csv')", /Permission Error|httpfs/],
])("a statement that reads no table is refused: %s", async ([, sql, reason]) => {
  const { folder, warehouse } = await fileWarehouse();
  await expect(warehouse.query(sql(folder))).rejects.toMatchObject({
    failure: "permanent",
    message: expect.stringMatching(reason) as string,
  });
  expect(readdirSync(folder).sort()).toEqual(["lake.csv", "w.duckdb"]);
});

test("files beside the warehouse are read", async () => {
  const { folder, warehouse } = await fileWarehouse();
  expect((await warehouse.query(`select sum(x)::int as x from read_csv('${folder}/lake.csv')`)).rows).toEqual([{ x: 3 }]);
});

test("a statement without an end is stopped at its deadline, and its neighbours do not wait for it", async () => {
  const { warehouse } = await fileWarehouse(1_500);
  let isOver = false;
  const endless = warehouse
    .query(ENDLESS)
    .catch((error: unknown) => error)
    .finally(() => (isOver = true));
  expect((await warehouse.query("select count(*)::int as n from t")).rows).toEqual([{ n: 5_000 }]);
  expect(isOver).toBe(false);
  expect(await endless).toMatchObject({ failure: "transient", message: "took longer than 1.5 s, and was stopped" });
});

test("whoever stops does not wait for a statement", async () => {
  const { warehouse } = await fileWarehouse();
  const endless = warehouse.query(ENDLESS);
  setTimeout(() => warehouse.interrupt(), 200);
  await expect(endless).rejects.toMatchObject({ failure: "transient" });
});

test("a loader that holds the file for a moment is waited for", async () => {
  const { folder, warehouse } = await fileWarehouse();
  const path = join(folder, "w.duckdb");
  const script = `import { DuckDBInstance } from ${JSON.stringify(import.meta.resolve("@duckdb/node-api"))};
    const held = await DuckDBInstance.create(${JSON.stringify(path)}); console.log("held"); setTimeout(() => held.closeSync(), 400);`;
  const loader = spawn(process.execPath, ["--input-type=module", "-e", script]);
  onTestFinished(() => void loader.kill());
  await once(loader.stdout, "data");
  expect((await warehouse.query("select count(*)::int as n from t")).rows).toEqual([{ n: 5_000 }]);
});
