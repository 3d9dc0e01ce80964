import { expect, test } from "vitest";
import { functionNames, isConfigured, scheduledFunctions } from "./configured.ts";
import { parseConfig } from "./load.ts";
import type { Config } from "./model.ts";

function configOf(text: string): Config {
  const loaded = parseConfig(`version: 1\npipeline: s\ntimezone: UTC\n${text}`, { file: "/s/kintsugi.yaml", env: { HOOK: "http://h" } });
  if ("problems" in loaded) throw new Error(JSON.stringify(loaded.problems));
  return loaded.config;
}

const minute = 60_000;
const checks = 'phases: { raw: { checks: { c: { table: t, metrics: { n: { count: "*", fail: "< 1" } } } } } }\n';
const always = ["healing-tracker", "pattern-detector", "slack-notifier"];

test.for<[name: string, text: string, configured: readonly string[]]>([
  ["nothing", "", []],
  ["phases without checks", "phases: { raw: {} }\n", []],
  ["checks", checks, ["canary"]],
  ["a gate", `${checks}gates: { g: { before: raw, checks: [raw.c] } }\n`, ["canary", "gate"]],
  ["drift of no service", "drift: { history: { git: . }, deployments: { file: d }, services: {} }\n", []],
  ["drift", "drift: { history: { git: . }, deployments: { file: d }, services: { api: { paths: [api] } } }\n", ["drift"]],
  ["a healer", "healers: { h: { batches: b } }\n", ["cleanup"]],
  ["a receiver", 'receivers: { ops: { webhook: "${HOOK}" } }\n', ["webhook-notifier"]],
])("who has something to do with %s", ([, text, configured]) => {
  const config = configOf(text);
  expect(functionNames.filter((name) => isConfigured(name, config)).sort()).toEqual([...configured, ...always].sort());
});

test("what runs by itself runs as often as the file says, and a gate waits to be asked", () => {
  const config = configOf(
    `${checks}gates: { g: { before: raw, checks: [raw.c] } }
healers: { h: { batches: b } }
drift: { history: { git: . }, deployments: { file: d }, services: { api: { paths: [api] } } }
receivers: { ops: { webhook: "\${HOOK}" } }
schedules: { drift: 1h, patterns: 10m }
`,
  );
  expect(scheduledFunctions(config)).toEqual([
    { name: "drift", schedule: "drift", periodMs: 60 * minute },
    { name: "canary", schedule: "canary", periodMs: 30 * minute },
    { name: "cleanup", schedule: "cleanup", periodMs: 15 * minute },
    { name: "healing-tracker", schedule: "reconcile", periodMs: 60 * minute },
    { name: "pattern-detector", schedule: "patterns", periodMs: 10 * minute },
    { name: "slack-notifier", schedule: "patterns", periodMs: 10 * minute },
    { name: "webhook-notifier", schedule: "patterns", periodMs: 10 * minute },
  ]);
});

test("what has nothing to do does not run", () => {
  expect(scheduledFunctions(configOf("")).map(({ name }) => name)).toEqual(always);
});
