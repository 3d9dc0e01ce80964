import { parseConfig } from "@kintsugi/config/load";
import type { Config } from "@kintsugi/config/model";
import type { CanaryEvaluated } from "@kintsugi/events/canary";
import type { Warehouse } from "@kintsugi/ports/warehouse";
import { Failure } from "@kintsugi/ports/failure";
import { expect, test } from "vitest";
import type { Documents } from "@kintsugi/ports/documents";
import { evaluateCanary } from "./handler.ts";

const at = Date.parse("2026-02-05T14:00:00Z");

function configOf(phases: string): Config {
  const loaded = parseConfig(`version: 1\npipeline: nba-props\ntimezone: UTC\nphases:\n${phases}`, { file: "/p/kintsugi.yaml", env: {} });
  if (!("config" in loaded)) throw new Error(JSON.stringify(loaded.problems));
  return loaded.config;
}
const three = configOf(`
  raw: { checks: { rows: { sql: select raw, severity: critical, metrics: { n: { fail: "< 5", warn: "< 8" } } } } }
  analytics: { checks: { rows: { sql: select analytics, metrics: { n: { fail: "< 5" } } } } }
  predictions: { checks: { rows: { sql: select predictions, metrics: { n: { fail: "< 5" } } } } }
`);

/** Answers each statement with its number; one that is not known fails. */
function warehouse(numbers: Readonly<Record<string, number | null>>): Warehouse {
  return {
    dialect: "duckdb",
    columns: async () => [],
    async query(sql) {
      if (!(sql in numbers)) throw new Failure("transient", `no answer to ${sql}`);
      return { rows: [{ n: numbers[sql]! }], bytes: 1e9 };
    },
  };
}

/** Knows of each key's bad days. */
function documentsWith(bad: Readonly<Record<string, readonly string[]>> = {}): Documents {
  const standings = Object.entries(bad).map(([key, days]) => ({ key, days: days.map((day) => ({ day })) }));
  const get: Documents["get"] = async (_collection, id) => ({ id, data: { standings }, version: "1" });
  return { get } as Documents;
}

async function evaluate(numbers: Readonly<Record<string, number | null>>, config = three, documents = documentsWith()) {
  const outcome = await evaluateCanary({ config, warehouse: warehouse(numbers), documents })({ id: "r1", dueMs: at, nowMs: at + 2_000 });
  return { outcome, event: outcome.publish![0]!.data as CanaryEvaluated };
}

test("one event per run holds a verdict for every check in phase order, with what was seen and expected", async () => {
  const { outcome, event } = await evaluate({ "select raw": 3, "select analytics": 9, "select predictions": 9 });
  expect(outcome.publish).toMatchObject([{ type: "canary.evaluated", purpose: "evaluated", subject: "nba-props" }]);
  expect(event.due).toBe("2026-02-05T14:00:00.000Z");
  expect(event.checks).toEqual([
    {
      phase: "raw",
      check: "rows",
      verdict: "finding",
      reason: "3 < 5",
      severity: "critical",
      metrics: [{ name: "n", verdict: "finding", actual: 3, expected: "< 5", reason: "3 < 5" }],
    },
    {
      phase: "analytics",
      check: "rows",
      verdict: "ok",
      severity: "red",
      metrics: [{ name: "n", verdict: "ok", actual: 9, expected: "< 5" }],
    },
    {
      phase: "predictions",
      check: "rows",
      verdict: "ok",
      severity: "red",
      metrics: [{ name: "n", verdict: "ok", actual: 9, expected: "< 5" }],
    },
  ]);
});

test("a run that finds something has done its job: it is ok, and says what it counted and cost", async () => {
  const { outcome, event } = await evaluate({ "select raw": 3, "select analytics": 9, "select predictions": 9 });
  expect(outcome).toMatchObject({ verdict: "ok", counts: { checks: 3, findings: 1, unknown: 0, not_applicable: 0, queries: 3 } });
  expect(outcome).not.toHaveProperty("reason");
  expect(event.bytes).toBe(3e9);
  expect(event.dollars).toBeGreaterThan(0);
});

test("a warning is recorded and is no finding", async () => {
  const { outcome, event } = await evaluate({ "select raw": 6, "select analytics": 9, "select predictions": 9 });
  expect(event.checks[0]).toMatchObject({ verdict: "ok", metrics: [{ verdict: "warn", actual: 6 }] });
  expect(outcome.counts).toMatchObject({ findings: 0 });
});

test("a number that is missing where one was needed is a finding", async () => {
  const { event } = await evaluate({ "select raw": null, "select analytics": 9, "select predictions": 9 });
  expect(event.checks[0]).toMatchObject({ verdict: "finding", reason: "no value where a number was needed" });
});

test("a check that could not look is unknown, and the others are judged all the same", async () => {
  const { outcome, event } = await evaluate({ "select analytics": 3, "select predictions": 9 });
  expect(event.checks.map(({ verdict }) => verdict)).toEqual(["unknown", "finding", "ok"]);
  expect(event.checks[0]).toMatchObject({ reason: "no answer to select raw" });
  expect(outcome).toMatchObject({ verdict: "ok", counts: { unknown: 1, findings: 1 } });
});

test("a run that could look at nothing is unknown, with the reason", async () => {
  const { outcome } = await evaluate({});
  expect(outcome).toMatchObject({ verdict: "unknown", reason: "no answer to select raw", counts: { checks: 3, unknown: 3, findings: 0 } });
});

test("an event stays below 64 KiB: with very many checks the metrics that are well are left out, and no verdict is", async () => {
  const names = Array.from({ length: 60 }, (_, index) => index);
  const metrics = names.map((index) => `m${index}_${"x".repeat(20)}: { fail: "< 1" }`).join(", ");
  const many = configOf(
    names.map((index) => `  p${index}: { checks: { rows: { sql: select many, metrics: { ${metrics} } } } }`).join("\n"),
  );
  const row = Object.fromEntries(names.map((index) => [`m${index}_${"x".repeat(20)}`, index === 7 ? 0 : 1]));
  const warehouseOfMany: Warehouse = { dialect: "duckdb", columns: async () => [], query: async () => ({ rows: [row], bytes: 0 }) };
  const outcome = await evaluateCanary({ config: many, warehouse: warehouseOfMany, documents: documentsWith() })({
    id: "r1",
    dueMs: at,
    nowMs: at,
  });
  const event = outcome.publish![0]!.data as CanaryEvaluated;
  expect(JSON.stringify(event).length).toBeLessThan(64 * 1_024);
  expect(event.checks).toHaveLength(60);
  expect(event.checks[0]).toMatchObject({ verdict: "finding", metrics: [{ name: `m7_${"x".repeat(20)}`, verdict: "finding" }] });
});

test("120 checks that all fail with six metrics and long names are one event below 48 KiB, with every verdict", async () => {
  const metrics = Array.from({ length: 6 }, (_, index) => `m${index}: { fail: "< 5" }`).join(", ");
  const names = Array.from({ length: 120 }, (_, index) => `c${index}: { sql: select many, metrics: { ${metrics} } }`).join(", ");
  const row = Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`m${index}`, 1]));
  const failing: Warehouse = { dialect: "duckdb", columns: async () => [], query: async () => ({ rows: [row], bytes: 0 }) };
  const outcome = await evaluateCanary({
    config: configOf(`  raw: { checks: { ${names} } }`),
    warehouse: failing,
    documents: documentsWith(),
  })({
    id: "r1",
    dueMs: at,
    nowMs: at,
  });
  const event = outcome.publish![0]!.data as CanaryEvaluated;
  expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThanOrEqual(48 * 1_024);
  expect(event.checks.map(({ verdict }) => verdict)).toEqual(Array.from({ length: 120 }, () => "finding"));
});

const dated = configOf(`
  raw: { checks: { rows: { sql: select @day, on: yesterday, metrics: { n: { fail: "< 5" } } } } }
`);
const subject = { kind: "check", phase: "raw", check: "rows" };

test("days that were bad are judged again, and each day has its own verdict and observation", async () => {
  const documents = documentsWith({ "canary:raw.rows": ["2026-02-03", "2026-02-04"] });
  const { outcome, event } = await evaluate({ "select DATE '2026-02-04'": 9, "select DATE '2026-02-03'": 2 }, dated, documents);
  expect(event.checks.map(({ day, verdict }) => [day, verdict])).toEqual([
    ["2026-02-04", "ok"],
    ["2026-02-03", "finding"],
  ]);
  expect(outcome.observations).toMatchObject([
    { subject, verdict: "ok", day: "2026-02-04" },
    { subject, verdict: "finding", day: "2026-02-03", facts: ["n: 2 < 5", "its own statement, 2026-02-03"] },
  ]);
  expect(outcome.complete).toEqual([{ kind: "checks" }]);
});

test("a run that could not look at its own days is unknown with what could not be read, whatever older days say", async () => {
  const documents = documentsWith({ "canary:raw.rows": ["2026-02-03"] });
  const { outcome } = await evaluate({ "select DATE '2026-02-03'": 9 }, dated, documents);
  expect(outcome).toMatchObject({ verdict: "unknown", cause: "warehouse" });
  expect(outcome.observations).toMatchObject([
    { verdict: "unknown", cause: "warehouse" },
    { verdict: "ok", day: "2026-02-03" },
  ]);
});
