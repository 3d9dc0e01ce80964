import { parseConfigValue } from "@kintsugi/config/load";
import { expect, test } from "vitest";
import { isConfigured } from "./is-configured.ts";

const loaded = parseConfigValue(
  {
    version: 1,
    pipeline: "p",
    timezone: "UTC",
    warehouse: { duckdb: "p.duckdb" },
    phases: { raw: { checks: { rows: { table: "t", metrics: { n: { count: "*", fail: "< 1" } } } } } },
    gates: { g: { before: "raw", checks: ["raw.rows"] } },
    drift: { history: { git: ".", branch: "main" }, deployments: { file: "d.json" }, services: { api: { paths: ["api"] } } },
    healers: { batch_cleanup: { batches: "batches" } },
  },
  { file: "/kintsugi.yaml", env: {} },
);
if (!("config" in loaded)) throw new Error(JSON.stringify(loaded.problems));
const { config } = loaded;

test.for<[key: string, expected: boolean]>([
  ["canary:raw.rows", true],
  ["canary:raw.gone", false],
  ["canary:gone.rows", false],
  ["drift:api", true],
  ["drift:gone", false],
  ["gate:g", true],
  ["gate:gone", false],
  ["healer:batch_cleanup:b:1", true],
  ["healer:gone:b:1", false],
  ["pattern:healing-frequent:batch_cleanup", true],
  ["pattern:gone:batch_cleanup", false],
  ["unknown:canary", true],
  ["unknown:canary:raw.rows", true],
  ["unknown:canary:raw.gone", false],
  ["unknown:drift", true],
  ["unknown:drift:gone", false],
  ["unknown:cleanup:batch_cleanup", true],
  ["unknown:cleanup:gone", false],
  ["unknown:gate:g", true],
  ["watch:canary", true],
])("%s: %s", ([key, expected]) => {
  expect(isConfigured(key, config)).toBe(expected);
});
