import { parseConfig } from "@kintsugi/config/load";
import { expect, test } from "vitest";
import { dollarsOf } from "./cost.ts";
import { listStatements } from "./statements.ts";

const loaded = parseConfig(
  `
version: 1
pipeline: shop
timezone: America/New_York
calendar: { table: plan, day: d, entity: shop }
phases:
  raw:
    checks:
      sales:  { table: sales, day: d, entity: shop, metrics: { rows: { count: "*", fail: "< expected" } } }
      twins:  { table: sales, day: d, entity: shop, metrics: { twins: { duplicate_count: id, fail: "> 0" } } }
      tables: { sql: "select 7 as n from t where d = @day", metrics: { n: { fail: "< 1" } } }
  reports: {}
gates:
  raw-to-reports: { before: reports, checks: [raw.sales, raw.twins, raw.tables] }
healers:
  tidy: { batches: b, verify: { sql: "select count(*) > 0 from p where id = @target" } }
  bare: { batches: c }
`,
  { file: "/shop/kintsugi.yaml", env: {} },
);
if ("problems" in loaded) throw new Error(JSON.stringify(loaded.problems));
const { config } = loaded;

test("every statement that a configuration would send is listed, with its name and parameters", () => {
  const statements = listStatements(config, "bigquery", Date.parse("2026-02-10T12:00:00Z"));
  expect(statements.map(({ name, parameters }) => [name, parameters])).toEqual([
    ["calendar", {}],
    ["calendar:end", {}],
    ["canary:raw.sales", {}],
    ["canary:raw.twins", {}],
    ["canary:raw.tables", {}],
    ["gate:raw-to-reports:raw.twins", {}],
    ["verify:tidy", { target: "STRING" }],
  ]);
  expect(statements[0]!.sql).toContain("DATE '2026-02-09'");
  expect(statements[2]!.sql).toContain("FROM `sales` WHERE `d` = DATE '2026-02-09' AND regexp_replace(CAST(`shop` AS STRING), ");
  expect(statements[2]!.sql).toContain(" IN (SELECT regexp_replace(CAST(`shop` AS STRING), ");
  expect(statements[2]!.sql).toContain("FROM `plan` WHERE `d` = DATE '2026-02-09') GROUP BY");
  expect(statements[3]!.sql).not.toContain("GROUPING");
  expect(statements[4]!.sql).toBe("select 7 as n from t where d = DATE '2026-02-09'");
  expect(statements[5]!.sql).toContain("GROUPING");
});

test("a TiB costs 6.25 dollars", () => {
  expect(dollarsOf(1_099_511_627_776)).toBe(6.25);
  expect(dollarsOf(0)).toBe(0);
});
