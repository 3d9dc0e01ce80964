import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { duckdbLedger } from "./duckdb-ledger.ts";

test("an append whose statement could not be prepared can be tried again", async () => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const prepare = connection.prepare.bind(connection);
  let isAway = true;
  const flaky: DuckDBConnection = Object.assign(connection, {
    prepare: (sql: string) => (isAway ? Promise.reject(new Error("IO Error: no space left")) : prepare(sql)),
  });
  const ledger = duckdbLedger(async () => flaky, [{ name: "t", key: "id", schema: [{ name: "id", type: "STRING" }] }]);
  await expect(ledger.append("t", [{ id: "a" }])).rejects.toThrow("no space left");
  isAway = false;
  await ledger.append("t", [{ id: "a" }]);
  expect((await ledger.query("SELECT id FROM kintsugi.t")).rows).toEqual([{ id: "a" }]);
});
