import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { parseConfig } from "@kintsugi/config/load";
import type { Config } from "@kintsugi/config/model";
import { afterAll, beforeAll, expect, test } from "vitest";
import { columnProblems } from "./column-problems.ts";

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "kintsugi-columns-"));
  writeFileSync(join(folder, "no-database.duckdb"), "no warehouse ".repeat(1_000));
  const instance = await DuckDBInstance.create(join(folder, "w.duckdb"));
  const connection = await instance.connect();
  await connection.run(`
    CREATE SCHEMA raw; CREATE TABLE raw.sales ("Day" DATE, shop VARCHAR, price DOUBLE);
    CREATE VIEW prices AS SELECT price FROM raw.sales; CREATE TABLE plan (day DATE, shop VARCHAR)`);
  connection.closeSync();
  instance.closeSync();
});
afterAll(() => rmSync(folder, { recursive: true }));

function configOf(table: string, column: string, warehouse: string): Config {
  const text = `version: 1
pipeline: shop
timezone: UTC
warehouse: { duckdb: ${warehouse} }
phases: { raw: { checks: { c: { table: ${table}, metrics: { m: { null_count: ${column}, fail: "> 0" } } } } } }
`;
  const file = join(folder, "kintsugi.yaml");
  writeFileSync(file, text);
  const loaded = parseConfig(text, { file, env: {} });
  if ("problems" in loaded) throw new Error(JSON.stringify(loaded.problems));
  return loaded.config;
}

test.for<[name: string, table: string, column: string, warehouse: string, nearest: readonly (string | undefined)[]]>([
  ["one that is there", "raw.sales", "price", "w.duckdb", []],
  ["one in other letters", "RAW.Sales", "DAY", "w.duckdb", []],
  ["one that is not", "raw.sales", "prise", "w.duckdb", ["price"]],
  ["one of a view", "prices", "price", "w.duckdb", []],
  ["one that the view leaves out", "prices", "shop", "w.duckdb", [undefined]],
  ["one of a table in the main schema", "plan", "shpo", "w.duckdb", ["shop"]],
  ["one in a warehouse that is not there", "raw.sales", "prise", "later.duckdb", []],
  ["one in what is no warehouse", "raw.sales", "prise", "no-database.duckdb", []],
])("a column is looked for in the warehouse where that can be asked: %s", async ([, table, column, warehouse, nearest]) => {
  const problems = await columnProblems(configOf(table, column, warehouse));
  expect(problems.map((problem) => problem.nearest)).toEqual(nearest);
  for (const problem of problems)
    expect(problem).toMatchObject({ line: 5, path: "phases.raw.checks.c.metrics.m.null_count", offending: column });
});

test.for<[name: string, body: string, wanted: readonly object[]]>([
  ["a table", "table: raw.sale, metrics: { m: { count: '*', fail: '< 1' } }", [{ offending: "raw.sale", nearest: "raw.sales" }]],
  ["a statement that can run", "sql: 'select count(*) as n from plan where day = @day;', metrics: { n: { fail: '< 1' } }", []],
  [
    "a statement on a dead column",
    "sql: select sum(prise) as n from raw.sales, metrics: { n: { fail: '< 1' } }",
    [{ path: "phases.raw.checks.c.sql", message: expect.stringMatching(/refuses this.*prise/) as string }],
  ],
  [
    "a column that the statement does not return",
    "sql: select count(*) as rows from plan, metrics: { row: { fail: '< 1' } }",
    [{ path: "phases.raw.checks.c.metrics.row", message: "row is no column of the statement", nearest: "rows" }],
  ],
  [
    "a column of text",
    "sql: select max(shop) as shop from plan, metrics: { shop: { fail: '< 1' } }",
    [{ message: "shop is text: a number is judged" }],
  ],
  [
    "filters",
    "table: plan, where: shopp is null, metrics: { m: { count: '*', where: shop = 5 and dai = 1, fail: '< 1' } }",
    [{ path: "phases.raw.checks.c.where" }, { path: "phases.raw.checks.c.metrics.m.where" }],
  ],
])("what is said in SQL is proved without running it: %s", async ([, body, wanted]) => {
  const text = `version: 1\npipeline: shop\ntimezone: UTC\nwarehouse: { duckdb: w.duckdb }\nphases: { raw: { checks: { c: { ${body} } } } }\n`;
  const file = join(folder, "kintsugi.yaml");
  writeFileSync(file, text);
  const loaded = parseConfig(text, { file, env: {} });
  if ("problems" in loaded) throw new Error(JSON.stringify(loaded.problems));
  const problems = await columnProblems(loaded.config);
  expect(problems).toMatchObject(wanted);
  expect(problems).toHaveLength(wanted.length);
});
