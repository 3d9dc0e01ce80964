import { expect, test } from "vitest";
import { parseConfig, parseConfigValue } from "./load.ts";
import type { Config } from "./model.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

function configOf(text: string, env: Record<string, string> = {}): Config {
  const loaded = parseConfig(text, { file: "/home/shop/kintsugi.yaml", env });
  if ("problems" in loaded) throw new Error(JSON.stringify(loaded.problems));
  return loaded.config;
}

const least = configOf("version: 1\npipeline: shop\ntimezone: UTC\n");

test("the smallest file keeps everything in one folder beside it", () => {
  expect(least).toMatchObject({
    file: "/home/shop/kintsugi.yaml",
    directory: "/home/shop",
    pipeline: "shop",
    timezone: "UTC",
    runtime: { kind: "local", folder: "/home/shop/.kintsugi" },
    phases: [],
    gates: [],
    healers: [],
  });
  expect(least).not.toHaveProperty("warehouse");
  expect(least).not.toHaveProperty("drift");
});

test("incidents open after one bad run, resolve after one good, and are the same again for an hour unless the file says else", () => {
  expect(least.incidents).toEqual({
    openAfter: 1,
    closeAfter: 1,
    unknownAfter: 2,
    remindMs: 4 * hour,
    reopenMs: hour,
    openDaysMs: 7 * day,
  });
});

test("the functions run on the default schedules unless the file says else", () => {
  expect(least.schedules).toEqual({ drift: 2 * hour, canary: 30 * minute, cleanup: 15 * minute, patterns: 5 * minute, reconcile: hour });
  expect(configOf("version: 1\npipeline: s\ntimezone: UTC\nschedules: { drift: 1d }\n").schedules).toMatchObject({
    drift: 24 * hour,
    canary: 30 * minute,
  });
});

test("messages go to channels of no particular pipeline, and a repair is told once a day, unless the file says else", () => {
  expect(least.slack).toEqual({
    channels: {
      drift: "#deployment-alerts",
      canary: "#canary-alerts",
      gate: "#canary-alerts",
      healing: "#healing-alerts",
      watch: "#monitoring-alerts",
      critical: "#app-error-alerts",
    },
    webhooks: {},
    repairs: "daily",
  });
  const given = configOf('version: 1\npipeline: s\ntimezone: UTC\nslack: { channels: { watch: "#ops" }, repairs: off }\n');
  expect(given.slack).toMatchObject({ channels: { watch: "#ops", canary: "#canary-alerts" }, repairs: "off" });
  expect(least.receivers).toEqual([]);
});

test("the three default patterns stand where the file names none", () => {
  const base = { by: "healing_type", incidents: least.incidents };
  expect(least.patterns).toEqual([
    {
      ...base,
      name: "healing-frequent",
      withinMs: hour,
      severity: "yellow",
      rule: { kind: "count", condition: { op: ">=", value: 3, timesExpected: false, text: ">= 3" } },
    },
    {
      ...base,
      name: "healing-systemic",
      withinMs: 24 * hour,
      severity: "red",
      rule: { kind: "count", condition: { op: ">=", value: 10, timesExpected: false, text: ">= 10" } },
    },
    {
      ...base,
      name: "healing-failing",
      withinMs: 24 * hour,
      severity: "critical",
      rule: { kind: "failure_rate", minEvents: 5, condition: { op: ">", value: 0.2, timesExpected: false, text: "> 20%" } },
    },
  ]);
  expect(configOf("version: 1\npipeline: s\ntimezone: UTC\npatterns: {}\n").patterns).toEqual([]);
});

test("a healer that names its collection only has every default", () => {
  const [healer] = configOf(
    "version: 1\npipeline: s\ntimezone: UTC\nhealers: { batch_cleanup: { batches: prediction_batches } }\n",
  ).healers;
  expect(healer).toEqual({
    name: "batch_cleanup",
    mode: "auto",
    batches: "prediction_batches",
    fields: {
      expected: "expected",
      completed: "completed",
      failed: "failed",
      skipped: "skipped",
      done: "is_complete",
      created: "created_at",
      updated: "updated_at",
    },
    stalledAfterMs: 15 * minute,
    completeAt: 0.9,
    maxAgeMs: 24 * hour,
    reasons: { permanent: [], transient: [] },
    verify: { afterMs: 5 * minute },
    limits: { perTarget: 3, cooldownMs: 15 * minute, perHour: 20, blastRadius: 0.4 },
  });
});

const full = configOf(
  `
version: 1
pipeline: nba-props
timezone: America/New_York
runtime: { local: state }
warehouse: { duckdb: data/warehouse.duckdb }
calendar: { table: nba_raw.schedule, day: game_date, entity: game_id, where: "season_type = 'regular'", starts: tipoff_utc, due_after: 6h }
phases:
  scrape:
  raw:
    title: Phase 2
    runbook: docs/raw.md
    checks:
      boxscores:
        table: nba_raw.player_boxscores
        day: game_date
        on: 2 days ago
        entity: game_id
        severity: critical
        incidents: { open_after: 3 }
        metrics:
          rows:   { count: "*", warn: "< 20 * expected", fail: "< 15 * expected" }
          points: { null_rate: points, where: "min > 0", fail: "> 5%" }
          twins:  { duplicate_count: [game_id, player_id], fail: "> 0" }
      tables:
        sql: select 7 as source_tables
        metrics: { source_tables: { fail: "< 1" } }
      days:
        sql: select count(*) as graded from signals where d = @day
        metrics: { graded: { fail: "< 1" } }
      today: { sql: select @day as d, on: today, metrics: { d: { fail: "< 1" } } }
      ever:  { table: log, metrics: { n: { count: "*", fail: "< 1" } } }
      dated: { table: log, day: d, metrics: { n: { count: "*", fail: "< 1" } } }
      now:   { table: log, day: d, on: today, metrics: { n: { count: "*", fail: "< 1" } } }
      all:   { table: log, day: d, on: any, metrics: { n: { count: "*", fail: "< 1" } } }
  reports: { after: [scrape] }
gates:
  into-reports: { before: reports, checks: [raw.boxscores], consumers: { mail: warn } }
drift:
  history: { git: ., branch: trunk }
  deployments: { file: deployments.json }
  ignore: ["**/*.md"]
  command: ./deploy.sh {service}
  services:
    worker: { paths: [worker, shared], severity: critical, deadline: 1h, expect: { min_instances: 0, built: 2026-02-05, warm: no } }
    api: { paths: [api] }
healers:
  tidy: { batches: b, fields: { done: finished }, complete_at: "75%", verify: { after: 10m, sql: "select true" }, limits: { per_hour: 5 } }
patterns:
  flaky: { on: healing.completed, by: cause, failure_rate: ">= 50%", confidence: "95%", within: 2h, severity: red, incidents: { close_after: 2 } }
incidents: { unknown_after: 4, remind: 1h, reopen: 30m, open_days: 3 }
slack:
  token: "\${TOKEN}"
  signing_secret: "\${SECRET}"
  operators: [U012ABC, W99]
  webhooks: { "#deployment-alerts": "\${DEPLOYMENT_WEBHOOK}" }
receivers:
  ops: { webhook: "\${OPS}", secret: "\${OPS_SECRET}", min_severity: critical }
  lab: { webhook: "\${LAB}" }
`,
  {
    TOKEN: "xoxb-1",
    DEPLOYMENT_WEBHOOK: "https://hooks.example/T1",
    OPS: "https://ops.example/in",
    OPS_SECRET: "s3cret",
    LAB: "http://localhost:9/in",
  },
);

test("paths are relative to the file", () => {
  expect(full.runtime).toEqual({ kind: "local", folder: "/home/shop/state" });
  expect(full.warehouse).toEqual({ kind: "duckdb", path: "/home/shop/data/warehouse.duckdb" });
  expect(full.drift).toMatchObject({
    history: { git: "/home/shop", branch: "trunk" },
    deployments: { file: "/home/shop/deployments.json" },
  });
});

test("the calendar says what is due when", () => {
  expect(full.calendar).toEqual({
    table: "nba_raw.schedule",
    day: "game_date",
    entity: "game_id",
    where: "season_type = 'regular'",
    starts: "tipoff_utc",
    dueAfterMs: 6 * hour,
    ends: "unknown",
  });
});

test("a phase comes after the one above it unless it says after which", () => {
  expect(full.phases.map(({ name, title, after }) => ({ name, title, after }))).toEqual([
    { name: "scrape", title: "scrape", after: [] },
    { name: "raw", title: "Phase 2", after: ["scrape"] },
    { name: "reports", title: "reports", after: ["scrape"] },
  ]);
  expect(full.phases[1]).toHaveProperty("runbook", "docs/raw.md");
});

const incidents = { openAfter: 1, closeAfter: 1, unknownAfter: 4, remindMs: hour, reopenMs: 30 * minute, openDaysMs: 3 * day };

test("a check on a table carries its day, entity, severity and metrics", () => {
  expect(full.phases[1]!.checks[0]).toEqual({
    kind: "table",
    phase: "raw",
    name: "boxscores",
    severity: "critical",
    incidents: { ...incidents, openAfter: 3 },
    table: "nba_raw.player_boxscores",
    day: "game_date",
    on: { daysAgo: 2 },
    entity: "game_id",
    metrics: [
      {
        name: "rows",
        aggregate: "count",
        columns: ["*"],
        warn: { op: "<", value: 20, timesExpected: true, text: "< 20 * expected" },
        fail: { op: "<", value: 15, timesExpected: true, text: "< 15 * expected" },
      },
      {
        name: "points",
        aggregate: "null_rate",
        columns: ["points"],
        where: "min > 0",
        fail: { op: ">", value: 0.05, timesExpected: false, text: "> 5%" },
      },
      {
        name: "twins",
        aggregate: "duplicate_count",
        columns: ["game_id", "player_id"],
        fail: { op: ">", value: 0, timesExpected: false, text: "> 0" },
      },
    ],
  });
});

test("a statement's columns are judged by their own names, red by default", () => {
  expect(full.phases[1]!.checks[1]).toEqual({
    kind: "sql",
    phase: "raw",
    name: "tables",
    severity: "red",
    incidents,
    sql: "select 7 as source_tables",
    on: "any",
    metrics: [{ name: "source_tables", columns: [], fail: { op: "<", value: 1, timesExpected: false, text: "< 1" } }],
  });
});

test.for<[check: string, on: "any" | { daysAgo: number }]>([
  ["ever", "any"],
  ["dated", { daysAgo: 1 }],
  ["now", { daysAgo: 0 }],
  ["all", "any"],
  ["tables", "any"],
  ["days", { daysAgo: 1 }],
  ["today", { daysAgo: 0 }],
])("the check %s looks at its day; yesterday where it says none", ([name, on]) => {
  expect(full.phases[1]!.checks.find((check) => check.name === name)).toMatchObject({ on });
});

test("a gate blocks what it does not name, and what it cannot know", () => {
  expect(full.gates).toEqual([
    { name: "into-reports", before: "reports", checks: ["raw.boxscores"], consumers: { mail: "warn" }, onUnknown: "block", incidents },
  ]);
});

test("a service is red and due at once unless it says else; dates and words in its settings stay text", () => {
  expect(full.drift!.services).toEqual([
    {
      name: "worker",
      paths: ["worker", "shared"],
      severity: "critical",
      deadlineMs: hour,
      expect: { min_instances: 0, built: "2026-02-05", warm: "no" },
      incidents,
    },
    { name: "api", paths: ["api"], severity: "red", deadlineMs: 0, expect: {}, incidents },
  ]);
});

test("what a healer names replaces that default alone", () => {
  expect(full.healers[0]).toMatchObject({
    fields: { done: "finished", expected: "expected" },
    completeAt: 0.75,
    verify: { afterMs: 10 * minute, sql: "select true" },
    limits: { perTarget: 3, perHour: 5, blastRadius: 0.4 },
  });
});

test("patterns of the file replace the defaults, and a pattern's own incidents the general ones", () => {
  expect(full.patterns).toEqual([
    {
      name: "flaky",
      by: "cause",
      withinMs: 2 * hour,
      severity: "red",
      incidents: { ...incidents, closeAfter: 2 },
      rule: {
        kind: "failure_rate",
        minEvents: 1,
        confidence: 0.95,
        condition: { op: ">=", value: 0.5, timesExpected: false, text: ">= 50%" },
      },
    },
  ]);
});

test("a token comes from the environment; one that is not set means the terminal, and is no error", () => {
  expect(full.slack.token).toBe("xoxb-1");
  const without = configOf('version: 1\npipeline: s\ntimezone: UTC\nslack: { token: "${TOKEN}" }\n');
  expect(without.slack).not.toHaveProperty("token");
});

test("a signing secret that is not set means no buttons; without operators everyone in the channel may press them", () => {
  expect(full.slack).not.toHaveProperty("signingSecret");
  expect(full.slack.operators).toEqual(["U012ABC", "W99"]);
  expect(least.slack).not.toHaveProperty("operators");
  const slack = configOf('version: 1\npipeline: s\ntimezone: UTC\nslack: { signing_secret: "${S}" }\n', { S: "abc" }).slack;
  expect(slack.signingSecret).toBe("abc");
});

test("a channel may have a webhook, whose address comes from the environment", () => {
  expect(full.slack.webhooks).toEqual({ "#deployment-alerts": "https://hooks.example/T1" });
});

test("a receiver gets everything unless it says from which severity on", () => {
  expect(full.receivers).toEqual([
    { name: "ops", url: "https://ops.example/in", secret: "s3cret", minSeverity: "critical" },
    { name: "lab", url: "http://localhost:9/in", minSeverity: "info" },
  ]);
});

test("a calendar that ends may mean that nothing is expected", () => {
  const { calendar } = configOf(
    "version: 1\npipeline: s\ntimezone: UTC\ncalendar: { table: plan, day: day, entity: shop, ends: nothing expected }\n",
  );
  expect(calendar).toEqual({ table: "plan", day: "day", entity: "shop", dueAfterMs: 0, ends: "nothing expected" });
});

test.for<[about: string, of: (config: Config) => Config["incidents"] | undefined]>([
  ["a check", (config) => config.phases[0]!.checks[0]!.incidents],
  ["a service", (config) => config.drift!.services[0]!.incidents],
  ["a gate", (config) => config.gates[0]!.incidents],
  ["a pattern", (config) => config.patterns[0]!.incidents],
])("%s may say for itself how long it is the same again and how long its bad days count", ([, of]) => {
  const own = "incidents: { reopen: 2h, open_days: 30 }";
  const config = configOf(`version: 1
pipeline: s
timezone: UTC
phases: { raw: { checks: { c: { table: t, ${own}, metrics: { n: { count: "*", fail: "< 1" } } } } } }
gates: { g: { before: raw, checks: [raw.c], ${own} } }
drift: { history: { git: . }, deployments: { file: d.json }, services: { api: { paths: [api], ${own} } } }
patterns: { p: { on: healing.completed, by: target, count: ">= 3", within: 1h, severity: red, ${own} } }
`);
  expect(of(config)).toEqual({ ...least.incidents, reopenMs: 2 * hour, openDaysMs: 30 * day });
});

test("a variable may stand anywhere, and two dollars stand for one", () => {
  const config = configOf('version: 1\npipeline: s\ntimezone: "${ZONE}"\nphases: { raw: { title: "$${ZONE} is ${ZONE}" } }\n', {
    ZONE: "Asia/Tokyo",
  });
  expect(config).toMatchObject({ timezone: "Asia/Tokyo", phases: [{ title: "${ZONE} is Asia/Tokyo" }] });
});

test.for<[given: string, maxBytes: number]>([
  ["{ project: p, location: us }", 1_000_000_000],
  ["{ project: p, location: us, max_bytes: 10 GB }", 10_000_000_000],
  ["{ project: p, location: us, max_bytes: 1 GiB }", 1_073_741_824],
])("every query in BigQuery has a byte cap: %s", ([given, maxBytes]) => {
  const { warehouse } = configOf(`version: 1\npipeline: s\ntimezone: UTC\nwarehouse: { bigquery: ${given} }\n`);
  expect(warehouse).toEqual({ kind: "bigquery", project: "p", location: "us", maxBytes });
});

test("in the cloud the data set is called kintsugi unless the file says else", () => {
  const at = (dataset: string): Config["runtime"] =>
    configOf(`version: 1\npipeline: s\ntimezone: UTC\nruntime: { gcp: { project: p, region: us-west2${dataset} } }\n`).runtime;
  expect(at("")).toEqual({ kind: "gcp", project: "p", region: "us-west2", dataset: "kintsugi" });
  expect(at(", dataset: watch")).toMatchObject({ dataset: "watch" });
});

test("a configuration inside another file means the same", () => {
  const read = parseConfigValue({ version: 1, pipeline: "shop", timezone: "UTC" }, { file: "/home/shop/kintsugi.yaml", env: {} });
  expect(read).toEqual({ config: least });
});
