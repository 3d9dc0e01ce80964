import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { withTarget } from "@kintsugi/config/target-parameter";
import { textLiteral } from "@kintsugi/ports/sql-text";
import { afterAll, beforeAll, expect, test } from "vitest";
import { duckdbWarehouse } from "./duckdb-warehouse.ts";

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
