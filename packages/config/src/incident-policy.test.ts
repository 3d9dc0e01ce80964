import type { Subject } from "@kintsugi/events/subject";
import { expect, test } from "vitest";
import { incidentPolicy } from "./incident-policy.ts";
import { parseConfig } from "./load.ts";

const loaded = parseConfig(
  `
version: 1
pipeline: shop
timezone: UTC
phases:
  raw: { checks: { sales.eu: { table: t, incidents: { open_after: 11 }, metrics: { n: { count: "*", fail: "< 1" } } } } }
gates: { g: { before: raw, checks: [raw.sales.eu], incidents: { open_after: 12 } } }
drift: { history: { git: . }, deployments: { file: d }, services: { api: { paths: [api], incidents: { open_after: 13 } } } }
healers: { h: { batches: b } }
patterns: { p: { on: healing.completed, by: target, count: ">= 3", within: 1h, severity: red, incidents: { open_after: 14 } } }
incidents: { open_after: 5 }
`,
  { file: "/shop/kintsugi.yaml", env: {} },
);
if ("problems" in loaded) throw new Error(JSON.stringify(loaded.problems));
const { config } = loaded;

test.for<[subject: Subject, openAfter: number]>([
  [{ kind: "check", phase: "raw", check: "sales.eu" }, 11],
  [{ kind: "check", phase: "raw.sales", check: "eu" }, 11],
  [{ kind: "check", phase: "raw", check: "gone" }, 5],
  [{ kind: "gate", gate: "g" }, 12],
  [{ kind: "gate", gate: "gone" }, 5],
  [{ kind: "service", service: "api" }, 13],
  [{ kind: "service", service: "gone" }, 5],
  [{ kind: "pattern", pattern: "p", value: "batch" }, 14],
  [{ kind: "pattern", pattern: "gone", value: "batch" }, 5],
  [{ kind: "blind-spot", function: "canary", about: "raw.sales.eu" }, 11],
  [{ kind: "blind-spot", function: "gate", about: "g" }, 12],
  [{ kind: "blind-spot", function: "drift", about: "api" }, 13],
  [{ kind: "blind-spot", function: "drift", about: "g" }, 5],
  [{ kind: "blind-spot", function: "cleanup", about: "api" }, 5],
  [{ kind: "healer", healer: "h" }, 5],
  [{ kind: "target", healer: "h", target: "b1" }, 5],
  [{ kind: "many", healer: "h" }, 5],
  [{ kind: "blast-radius", healer: "h" }, 5],
  [{ kind: "function", function: "drift" }, 5],
  [{ kind: "silence", function: "drift" }, 5],
  [{ kind: "dead-letter", function: "drift" }, 5],
  [{ kind: "storm", channel: "drift", at: "2026-02-05T00:00:00Z" }, 5],
])("%j opens after %i, by its own policy or else that of the file", ([subject, openAfter]) => {
  expect(incidentPolicy(config, subject)).toEqual({ ...config.incidents, openAfter });
});
