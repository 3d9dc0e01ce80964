import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loadConfig, parseConfig, requireConfig } from "./load.ts";
import type { Problem } from "./problem.ts";

const head = "version: 1\npipeline: shop\ntimezone: UTC\n";
/** Stands in front of the offending text, and is taken out before the file is read. */
const MARK = "▸";

function problemsIn(text: string, env: Record<string, string> = {}): readonly Problem[] {
  const loaded = parseConfig(text, { file: "/shop/kintsugi.yaml", env });
  return "problems" in loaded ? loaded.problems : [];
}

/** Line and column of the marks, as an editor counts them. */
function placesOf(marked: string): readonly { line: number; column: number }[] {
  return marked.split("\n").flatMap((text, index) =>
    text
      .split(MARK)
      .slice(0, -1)
      .map((_, nth, parts) => ({ line: index + 1, column: parts.slice(0, nth + 1).join("").length + 1 })),
  );
}

type Wanted = Partial<Omit<Problem, "message">> & { message: RegExp };

const check = (body: string, metric: string): string =>
  `phases:\n  raw:\n    checks:\n      sales:\n        ${body}\n        metrics:\n          m: ${metric}\n`;
const calendar = "calendar: { table: plan, day: day, entity: shop }\n";
const RIGHT = '{ table: sales, metrics: { m: { count: "*", fail: "< 1" } } }';
const healer = (body: string): string => `healers:\n  h: { batches: batches, ${body} }\n`;
const pattern = (body: string): string =>
  `patterns:\n  p: { on: healing.completed, by: healing_type, within: 1h, severity: red, ${body} }\n`;
const drift = (history: string, deployments: string): string =>
  `drift:\n  history: ${history}\n  deployments: ${deployments}\n  services: { api: { paths: [api] } }\n`;

const severities = ["info", "yellow", "red", "critical"];

test.for<[name: string, text: string, wanted: Wanted]>([
  // Unknown keys and names
  ["an unknown key at the top", "▸schedule: {}\n", { path: "schedule", message: /not known/, offending: "schedule", nearest: "schedules" }],
  [
    "an unknown key of a phase",
    "phases:\n  raw:\n    ▸check: {}\n",
    {
      path: "phases.raw.check",
      message: /not known/,
      offending: "check",
      allowed: ["title", "after", "runbook", "checks"],
      nearest: "checks",
    },
  ],
  [
    "an unknown aggregate",
    check("table: sales", `{ ▸nul_count: price, fail: "> 0" }`),
    { path: "phases.raw.checks.sales.metrics.m.nul_count", message: /not known/, offending: "nul_count", nearest: "null_count" },
  ],
  [
    "an unknown channel",
    `slack: { channels: { ▸canry: "#x" } }\n`,
    { message: /not known/, allowed: ["drift", "canary", "gate", "healing", "watch", "critical"], nearest: "canary" },
  ],
  [
    "a warehouse of two kinds",
    "warehouse: { duckdb: a.db, ▸bigquery: { project: p, location: us } }\n",
    { message: /excludes/, offending: "bigquery" },
  ],
  [
    "a name with a space",
    "phases:\n  ▸raw data: {}\n",
    { path: "phases.raw data", message: /is no name: letters, digits/, offending: "raw data" },
  ],

  // Types and quotes
  ["a list where a map is wanted", "phases: ▸[]\n", { path: "phases", message: /wrong type/, offending: "[]" }],
  ["nothing where a map is wanted", "phases: { raw: { checks: ▸null } }\n", { message: /wrong type/, offending: "null" }],
  ["a number where text is wanted", check("table: ▸5", `{ count: "*", fail: "> 0" }`), { message: /quote it/, offending: "5" }],
  ["a number where a duration is wanted", "schedules: { drift: ▸90 }\n", { message: /quote it/, offending: "90" }],
  ["a number where a share is wanted", healer("complete_at: ▸90"), { message: /quote it/, offending: "90" }],
  ["a check without metrics", "phases:\n  raw:\n    checks:\n      sales: ▸{ table: sales }\n", { message: /metrics|missing/ }],
  ["a count of zero runs", "incidents: { open_after: ▸0 }\n", { path: "incidents.open_after", message: /small/, offending: "0" }],

  // Units
  ["a duration in full words", healer("max_age: ▸5 minutes"), { message: /is no duration such as 90s/, offending: "5 minutes" }],
  ["a duration without a unit", healer(`max_age: ▸"5"`), { message: /is no duration/, offending: "5" }],
  ["a duration below zero", healer("max_age: ▸-5m"), { message: /is no duration/, offending: "-5m" }],
  [
    "a size without its unit",
    `warehouse: { bigquery: { project: p, location: us, max_bytes: ▸"10" } }\n`,
    { message: /is no size/, offending: "10" },
  ],
  ["a share without its sign", healer(`complete_at: ▸"0.9"`), { message: /is no percentage/, offending: "0.9" }],
  ["a share above the whole", healer("complete_at: ▸150%"), { message: /more than the whole/, offending: "150%" }],
  [
    "a condition without an operator",
    check("table: sales", `{ count: "*", fail: ▸"5" }`),
    { message: /is no condition: <, <=/, offending: "5" },
  ],
  ["a condition with words", check("table: sales", `{ count: "*", fail: ▸"> many" }`), { message: /is no condition/, offending: "> many" }],
  [
    "an unknown severity",
    check("table: sales\n        severity: ▸urgent", `{ count: "*", fail: "< 1" }`),
    { message: /not allowed/, offending: "urgent", allowed: severities },
  ],
  [
    "a misspelt severity",
    check("table: sales\n        severity: ▸yelow", `{ count: "*", fail: "< 1" }`),
    { message: /not allowed/, nearest: "yellow" },
  ],
  [
    "an unknown day",
    check("table: sales\n        day: day\n        on: ▸next week", `{ count: "*", fail: "< 1" }`),
    { message: /none of yesterday, today/, offending: "next week" },
  ],
  ["a channel without its sign", `slack: { channels: { canary: ▸alerts } }\n`, { message: /is no channel/, offending: "alerts" }],
  [
    "a misspelt consumer's meaning",
    `${check("table: sales", `{ count: "*", fail: "< 1" }`)}gates: { g: { before: raw, checks: [raw.sales], consumers: { x: ▸blok } } }\n`,
    { message: /not allowed/, allowed: ["block", "warn"], nearest: "block" },
  ],

  // Rules that can never pass or never fail
  ["a count below zero", check("table: sales", `{ count: "*", fail: ▸"< 0" }`), { message: /can never fail/, offending: "< 0" }],
  ["a count of at least zero", check("table: sales", `{ count: "*", fail: ▸">= 0" }`), { message: /can never pass/, offending: ">= 0" }],
  [
    "a rate above the whole",
    check("table: sales", `{ null_rate: price, fail: ▸"> 100%" }`),
    { message: /can never fail/, offending: "> 100%" },
  ],
  ["a rate up to the whole", check("table: sales", `{ zero_rate: price, fail: ▸"<= 100%" }`), { message: /can never pass/ }],
  ["a range from high to low", check("table: sales", `{ avg: price, fail: ▸"outside 20 .. 5" }`), { message: /can never pass/ }],
  ["a rate outside all rates", check("table: sales", `{ null_rate: price, fail: ▸"outside 0 .. 1" }`), { message: /can never fail/ }],
  [
    "a count below nothing expected",
    `${calendar}${check("table: sales\n        day: day", `{ count: "*", fail: ▸"< 0 * expected" }`)}`,
    { message: /can never fail/ },
  ],
  ["a warning that always warns", check("table: sales", `{ count: "*", warn: ▸"> -1" }`), { message: /can never pass/ }],
  ["a metric without a condition", check("table: sales", `▸{ count: "*" }`), { message: /needs `fail` or `warn`/ }],
  ["a metric without an aggregate", check("table: sales", `▸{ fail: "< 1" }`), { message: /needs an aggregate/ }],
  ["a metric with two aggregates", check("table: sales", `▸{ count: "*", sum: price, fail: "< 1" }`), { message: /not count and sum/ }],
  [
    "a distinct count of two columns",
    check("table: sales", `{ count_distinct: ▸[a, b], fail: "< 1" }`),
    { message: /takes one column/, offending: '["a","b"]' },
  ],
  ["a sum of everything", check("table: sales", `{ sum: ▸"*", fail: "< 1" }`), { message: /needs a column/, offending: "*" }],
  ["an age without a unit", check("table: sales", `{ age: at, fail: ▸"> 24" }`), { message: /needs a duration/, offending: "> 24" }],
  ["a pattern that always holds", pattern(`count: ▸">= 0"`), { message: /can never cease to hold/ }],
  ["a pattern that never holds", pattern(`failure_rate: ▸"> 100%"`), { message: /can never hold/ }],
  [
    "a pattern without a rule",
    `patterns:\n  p: ▸{ on: healing.completed, by: healing_type, within: 1h, severity: red }\n`,
    { message: /either `count` or `failure_rate`/ },
  ],
  [
    "a minimum of events beside a count",
    pattern(`count: ">= 3", min_events: ▸5`),
    { message: /belongs to `failure_rate`/, offending: "5" },
  ],
  [
    "expected without a calendar",
    check("table: sales\n        day: day", `{ count: "*", fail: ▸"< expected" }`),
    { message: /needs a calendar/ },
  ],
  [
    "expected without a day",
    `${calendar}${check("table: sales", `{ count: "*", fail: ▸"< expected" }`)}`,
    { message: /needs a business day/ },
  ],
  [
    "a day rule without its column",
    check("table: sales\n        on: ▸yesterday", `{ count: "*", fail: "< 1" }`),
    { message: /`on` needs `day`/ },
  ],
  [
    "a table and a statement",
    'phases:\n  raw:\n    checks:\n      sales: ▸{ table: sales, sql: select 1 as m, metrics: { m: { fail: "< 1" } } }\n',
    { message: /either `table` or `sql`/ },
  ],
  [
    "an aggregate beside a statement",
    check("sql: select 1 as m", `▸{ count: "*", fail: "< 1" }`),
    { message: /belongs to a check on a table/, offending: "count" },
  ],
  [
    "an entity beside a statement",
    check("sql: select 1 as m\n        entity: ▸shop", `{ fail: "< 1" }`),
    { message: /belongs to a check on a table/, offending: "entity" },
  ],
  ["due times without starts", "calendar: { table: plan, day: day, entity: shop, due_after: ▸6h }\n", { message: /needs `starts`/ }],

  [
    "a rate outside what no rate is in",
    check("table: sales", `{ null_rate: price, fail: ▸"outside 5 .. 20" }`),
    { message: /can never pass/ },
  ],
  ["a count outside what is below zero", check("table: sales", `{ count: "*", fail: ▸"outside -5 .. -1" }`), { message: /can never pass/ }],
  [
    "a count of a half",
    check("table: sales", `{ count_distinct: shop, fail: ▸"= 0.5" }`),
    { message: /can never fail/, offending: "= 0.5" },
  ],
  ["a count other than a half", check("table: sales", `{ count: "*", fail: ▸"!= 0.5" }`), { message: /can never pass/ }],
  [
    "an age against what is expected",
    `${calendar}${check("table: sales\n        day: day", `{ age: at, fail: ▸"> expected" }`)}`,
    { message: /compares an age, so it needs a duration/, offending: "> expected" },
  ],
  ["an age in percent", check("table: sales", `{ age: at, fail: ▸"> 5%" }`), { message: /needs a duration/ }],
  ["a count in percent", check("table: sales", `{ count: "*", fail: ▸"> 5%" }`), { message: /compares a count/, offending: "> 5%" }],
  ["a count in hours", check("table: sales", `{ count: "*", fail: ▸"> 5h" }`), { message: /compares a count/ }],
  ["a rate in hours", check("table: sales", `{ null_rate: price, fail: ▸"> 5h" }`), { message: /compares a share/ }],
  ["a range in two units", check("table: sales", `{ avg: price, fail: ▸"outside 5 .. 20%" }`), { message: /two ends of different units/ }],
  ["a pattern's count in percent", pattern(`count: ▸"> 20%"`), { message: /compares a count/, offending: "> 20%" }],
  ["a pattern's count in hours", pattern(`count: ▸"> 3h"`), { message: /compares a count/ }],
  ["a pattern's rate in hours", pattern(`failure_rate: ▸"> 3h"`), { message: /compares a share/ }],
  [
    "a pattern over no time",
    'patterns:\n  p: { on: healing.completed, by: healing_type, within: ▸0m, severity: red, count: ">= 3" }\n',
    { message: /no time at all/, offending: "0m" },
  ],
  [
    "a cap below what BigQuery bills for any query",
    "warehouse: { bigquery: { project: p, location: us, max_bytes: ▸10 MB } }\n",
    { message: /10 MiB/, offending: "10 MB" },
  ],

  // Names that would be dropped, or change something
  [
    "a phase that every object has",
    "phases: { ▸__proto__: { title: lost } }\n",
    { path: "phases.__proto__", message: /another name/, offending: "__proto__" },
  ],
  [
    "a consumer that every object has",
    `${check("table: sales", `{ count: "*", fail: "< 1" }`)}gates: { g: { before: raw, checks: [raw.sales], consumers: { ▸constructor: warn } } }\n`,
    { message: /another name/ },
  ],
  ["a key at the top that every object has", "▸prototype: 1\n", { message: /another name/, offending: "prototype" }],
  [
    "a phase of digits alone",
    "phases: { zz: {}, ▸2: {} }\n",
    { path: "phases.2", message: /2 has only digits, .*phase-1/, offending: "2" },
  ],
  [
    "two checks with one key",
    `phases:\n  ra: { checks: { w.c.d: ${RIGHT} } }\n  ra.w: { checks: { ▸c.d: ${RIGHT} } }\n`,
    { path: "phases.ra.w.checks.c.d", message: /c\.d of ra\.w and w\.c\.d of ra would share the key canary:ra\.w\.c\.d/ },
  ],
  [
    "a healer on the system's own memory",
    "healers: { h: { batches: ▸kintsugi_seen } }\n",
    { message: /own memory/, offending: "kintsugi_seen" },
  ],

  // References that do not resolve, and what excludes each other
  [
    "a phase after nothing",
    "phases: { scrape: {}, raw: { after: [▸scrap] } }\n",
    { path: "phases.raw.after.0", message: /no phase scrap/, allowed: ["scrape", "raw"], nearest: "scrape" },
  ],
  [
    "a gate before nothing",
    `${check("table: sales", `{ count: "*", fail: "< 1" }`)}gates: { g: { before: ▸rwa, checks: [raw.sales] } }\n`,
    { message: /no phase rwa/, allowed: ["raw"], nearest: "raw" },
  ],
  [
    "a gate on no check",
    `${check("table: sales", `{ count: "*", fail: "< 1" }`)}gates: { g: { before: raw, checks: [▸raw.sale] } }\n`,
    { message: /no check raw.sale/, allowed: ["raw.sales"], nearest: "raw.sales" },
  ],
  [
    "a gate with a check twice",
    `${check("table: sales", `{ count: "*", fail: "< 1" }`)}gates: { g: { before: raw, checks: [raw.sales, ▸raw.sales] } }\n`,
    { message: /twice/ },
  ],
  [
    "two healers on one collection",
    "healers:\n  a: { batches: batches }\n  b: { batches: ▸batches }\n",
    { path: "healers.b.batches", message: /a heals batches already/, offending: "batches" },
  ],
  ["a reason of both kinds", healer("reasons: { permanent: [injured], transient: [▸injured] }"), { message: /injured cannot be both/ }],
  ["a drift without a history", drift("▸{}", "{ file: d.json }"), { message: /`git`/ }],
  ["a drift without deployments", drift("{ git: . }", "▸{}"), { message: /`file`/ }],

  // Schedules
  ["a period that does not divide an hour", "schedules: { drift: ▸7m }\n", { message: /whole part of an hour/, offending: "7m" }],
  ["a period of three quarters", "schedules: { canary: ▸45m }\n", { message: /whole part of an hour/ }],
  ["a period of no time", "schedules: { cleanup: ▸0m }\n", { message: /whole part of an hour/ }],
  ["a period of a part of a second", "schedules: { cleanup: ▸0.5s }\n", { message: /whole part of an hour/ }],
  ["a period of 50 seconds and 0.7", "schedules: { cleanup: ▸50.7s }\n", { message: /whole part of an hour/ }],
  ["a period that does not divide a day", "schedules: { patterns: ▸5h }\n", { message: /divide a day/ }],
  ["a period of two days", "schedules: { reconcile: ▸2d }\n", { message: /divide a day/ }],

  // What is documented and not acted on yet
  ["what a completion publishes", healer("publishes: ▸ready"), { message: /not supported yet/, offending: "ready" }],
  [
    "a document that proves all heals alike",
    healer("verify: { document: ▸out/x }"),
    { message: /does not name \{target\}/, offending: "out/x" },
  ],
  ["a document that is a collection", healer('verify: { document: ▸"out" }'), { message: /is no document such as out/ }],
  ["a healer in another mode", healer("mode: ▸shadwo"), { message: /is not allowed/, nearest: "shadow", offending: "shadwo" }],
  [
    "a collection of who completed that is a document",
    healer("fields: { completed: { collection: ▸a/b } }"),
    { path: "healers.h.fields.completed.collection", message: /is no collection/ },
  ],
  ["a field of who completed that is a number", healer("fields: { completed: ▸5 }"), { message: /quote it/, offending: "5" }],
  [
    "a gate that lets entities through one by one",
    `${check("table: sales", `{ count: "*", fail: "< 1" }`)}gates: { g: { before: raw, checks: [raw.sales], per_entity: ▸true } }\n`,
    { path: "gates.g.per_entity", message: /not supported yet/ },
  ],
  [
    "a comparison with the same weekday",
    check("table: sales", `{ count: "*", fail: ▸"< 70% of same weekday 4w" }`),
    { message: /needs a business day: `day`, and an `on` other than any/, offending: "< 70% of same weekday 4w" },
  ],
  [
    "a comparison with the median of all rows",
    check("table: sales\n        day: d\n        on: any", `{ count: "*", fail: ▸"> 150% of median 14d" }`),
    { message: /needs a business day/ },
  ],
  [
    "a comparison with the spread of a statement that is the same on every day",
    check("sql: select 1 as m", `{ fail: ▸"outside 3 sigma 28d" }`),
    { message: /needs a business day: `@day` in the statement/ },
  ],
  [
    "an age that is compared with earlier days",
    check("table: sales\n        day: d", `{ age: d, fail: ▸"> 150% of median 14d" }`),
    { message: /compares an age/ },
  ],
  [
    "two weeks, which are no history",
    check("table: sales\n        day: d", `{ count: "*", fail: ▸"< 70% of same weekday 2w" }`),
    { message: /can never fail/ },
  ],
  [
    "a history of more than a year",
    check("table: sales\n        day: d", `{ count: "*", fail: ▸"outside 3 sigma 400d" }`),
    { message: /looks back further than a year/ },
  ],
  [
    "less than no share of what was",
    check("table: sales\n        day: d", `{ count: "*", fail: ▸"< 0% of median 14d" }`),
    { message: /can never fail/ },
  ],
  [
    "a pattern on another event",
    'patterns:\n  p: { on: ▸canary.evaluated, by: target, count: ">= 3", within: 1h, severity: red }\n',
    { message: /not supported yet/, offending: "canary.evaluated" },
  ],
  ["a history on GitHub", drift("{ github: ▸a/b }", "{ file: d.json }"), { path: "drift.history.github", message: /not supported yet/ }],
  ["deployments of Cloud Run", drift("{ git: . }", "{ cloud_run: ▸{ project: p, region: r } }"), { message: /not supported yet/ }],
  ["a digest", `slack: { digest: ▸{ at: "09:00", channel: "#x" } }\n`, { path: "slack.digest", message: /not supported yet/ }],
  ["wiring findings", "watch: { wiring: ▸true }\n", { path: "watch.wiring", message: /not supported yet/ }],
  ["a watch address", "watch: { url: ▸https://example.com }\n", { path: "watch.url", message: /not supported yet/ }],
  [
    "a secret by reference",
    "slack: { token: ▸secret:projects/p/secrets/s/versions/1 }\n",
    { path: "slack.token", message: /not supported yet/ },
  ],

  // Environment and secrets
  ["a variable that is not set", 'phases: { raw: { title: ▸"${TITLE}" } }\n', { message: /TITLE is not set/, offending: "${TITLE}" }],
  [
    "a secret in plain text",
    "slack: { token: ▸xoxb-1234 }\n",
    { path: "slack.token", message: /only ever given as \$\{NAME\}/, offending: "****" },
  ],

  [
    "a signing secret in plain text",
    "slack: { signing_secret: ▸abc }\n",
    { path: "slack.signing_secret", message: /only ever given as \$\{NAME\}/, offending: "****" },
  ],
  [
    "a webhook in plain text",
    `slack: { token: "\${SET}", webhooks: { "#x": ▸https://hooks.example/1 } }\n`,
    { path: "slack.webhooks.#x", message: /only ever given as \$\{NAME\}/, offending: "****" },
  ],
  [
    "a receiver's webhook in plain text",
    "receivers: { ops: { webhook: ▸https://ops.example/in } }\n",
    { path: "receivers.ops.webhook", message: /only ever given as \$\{NAME\}/, offending: "****" },
  ],
  [
    "a receiver's secret in plain text",
    'receivers: { ops: { webhook: "${SET}", secret: ▸abc } }\n',
    { path: "receivers.ops.secret", message: /only ever given as \$\{NAME\}/, offending: "****" },
  ],
  [
    "a webhook that is not set",
    `slack: { token: "\${SET}", webhooks: { "#x": ▸"\${NONE}" } }\n`,
    { path: "slack.webhooks.#x", message: /NONE is not set/, offending: "${NONE}" },
  ],
  [
    "a receiver's webhook that is not set",
    'receivers: { ops: { webhook: ▸"${NONE}" } }\n',
    { path: "receivers.ops.webhook", message: /NONE is not set/ },
  ],
  [
    "a receiver's secret that is not set",
    'receivers: { ops: { webhook: "${SET}", secret: ▸"${NONE}" } }\n',
    { path: "receivers.ops.secret", message: /NONE is not set/ },
  ],
  [
    "a webhook that is not encrypted",
    `slack: { token: "\${SET}", webhooks: { "#x": ▸"\${HTTP}" } }\n`,
    { path: "slack.webhooks.#x", message: /\$\{HTTP\} is no address that begins with https:\/\/$/, offending: "${HTTP}" },
  ],
  [
    "a receiver's webhook that is no address",
    'receivers: { ops: { webhook: ▸"${WORD}" } }\n',
    { path: "receivers.ops.webhook", message: /\$\{WORD\} is no address that begins with http:\/\/ or https:\/\// },
  ],
  [
    "a token whose variable is empty",
    'slack: { token: ▸"${EMPTY}" }\n',
    { path: "slack.token", message: /EMPTY is empty: give the secret, or leave the variable unset/, offending: "${EMPTY}" },
  ],
  ["a signing secret of blanks", 'slack: { signing_secret: ▸"${BLANK}" }\n', { path: "slack.signing_secret", message: /BLANK is empty/ }],
  ["a token with a blank in it", 'slack: { token: ▸"${WORDS}" }\n', { path: "slack.token", message: /WORDS holds a blank/ }],
  ["an empty token", 'slack: { token: ▸"" }\n', { path: "slack.token", message: /only ever given as/ }],

  // Names that a statement or a vendor would get
  [
    "a project that is no id",
    "runtime: { gcp: { project: ▸My Project!, region: us-west2 } }\n",
    { path: "runtime.gcp.project", message: /My Project! is no id of a Google Cloud project: small letters/, offending: "My Project!" },
  ],
  [
    "a project that ends with a dash",
    "warehouse: { bigquery: { project: ▸shop-, location: US } }\n",
    { path: "warehouse.bigquery.project", message: /is no id of a Google/ },
  ],
  [
    "a region that is none",
    "runtime: { gcp: { project: shop, region: ▸us west } }\n",
    { message: /us west is no region such as us-west2/ },
  ],
  ["a region of two places", "runtime: { gcp: { project: shop, region: ▸US } }\n", { message: /is no region/ }],
  [
    "a location that is none",
    "warehouse: { bigquery: { project: shop, location: ▸us-west2/a } }\n",
    { message: /is no location of BigQuery: a region such as us-west2, or US or EU/ },
  ],
  [
    "a dataset with a backtick",
    "runtime: { gcp: { project: shop, region: us-west2, dataset: ▸kin`tsugi } }\n",
    { path: "runtime.gcp.dataset", message: /is no name of a dataset: letters, digits and underscores/, offending: "kin`tsugi" },
  ],
  ["a dataset with a dash", "runtime: { gcp: { project: shop, region: us-west2, dataset: ▸my-data } }\n", { message: /of a dataset/ }],
  ["a table with an empty part", check("table: ▸raw..sales", `{ count: "*", fail: "< 1" }`), { message: /joined by single dots/ }],
  ["a table with a backtick", check("table: ▸raw.`sales", `{ count: "*", fail: "< 1" }`), { message: /is no table/ }],
  ["a column with a backslash", check("table: sales", `{ null_count: ▸a\\b, fail: "> 0" }`), { message: /a backtick or a backslash/ }],
  [
    "a statement with a control character",
    check('sql: ▸"select 1 as m\\0"', `{ fail: "< 1" }`),
    { message: /control character: take it out/ },
  ],
  [
    "a collection with an empty part",
    "healers: { h: { batches: ▸a//b } }\n",
    { path: "healers.h.batches", message: /a\/\/b is no collection: a name, or collection\/document\/collection/ },
  ],
  ["a document where a collection is wanted", "healers: { h: { batches: ▸batches/today } }\n", { message: /is no collection/ }],
  ["a collection that Firestore keeps for itself", "healers: { h: { batches: ▸__x__ } }\n", { message: /is no collection/ }],
  ["a field that Firestore keeps for itself", healer("fields: { done: ▸__done__ }"), { message: /is no field/, offending: "__done__" }],
  ["a branch that is a search", drift("{ git: ., branch: ▸main~1 }", "{ file: d.json }"), { message: /is no name of a branch/ }],
  ["a branch that is an option", drift("{ git: ., branch: ▸--all }", "{ file: d.json }"), { message: /is no name of a branch/ }],

  // Parameters of statements
  [
    "a target in quotes",
    healer(`verify: { sql: ▸"select count(*) > 0 from p where id = '@target'" }`),
    { path: "healers.h.verify.sql", message: /`@target` stands inside quotes, where it is plain text: write it without them/ },
  ],
  ["a target in a quoted name", healer(`verify: { sql: ▸'select "@target" from p' }`), { message: /inside quotes/ }],
  [
    "a target behind a quote that is never closed",
    healer(`verify: { sql: ▸"select 'x where id = @target" }`),
    { message: /inside quotes/ },
  ],
  [
    "a target in BigQuery's quotes",
    `warehouse: { bigquery: { project: shop, location: US } }\n${healer(`verify: { sql: ▸'select count(*) from p where id = r"@target"' }`)}`,
    { message: /inside quotes/ },
  ],
  ["a day in quotes", check(`sql: ▸"select 1 as m where d = '@day'"`, `{ fail: "< 1" }`), { message: /`@day` stands inside quotes/ }],

  // Receivers, operators, webhooks
  ["a receiver without its webhook", "receivers: { ops: ▸{} }\n", { path: "receivers.ops.webhook", message: /is missing/ }],
  [
    "a receiver called slack",
    'receivers: { ▸slack: { webhook: "${SET}" } }\n',
    { path: "receivers.slack", message: /slack is the name of a receiver that is always there/, offending: "slack" },
  ],
  [
    "a receiver called terminal",
    'receivers: { ▸terminal: { webhook: "${SET}" } }\n',
    { path: "receivers.terminal", message: /another name/, offending: "terminal" },
  ],
  [
    "a receiver with a misspelt key",
    'receivers: { ops: { webhook: "${SET}", ▸min_severty: red } }\n',
    { message: /not known/, allowed: ["webhook", "secret", "min_severity"], nearest: "min_severity" },
  ],
  [
    "a receiver of a misspelt severity",
    'receivers: { ops: { webhook: "${SET}", min_severity: ▸critcal } }\n',
    { message: /not allowed/, allowed: severities, offending: "critcal", nearest: "critical" },
  ],
  ["a misspelt key for receivers", "▸recievers: {}\n", { message: /not known/, nearest: "receivers" }],
  ["an operator by name", "slack: { operators: [▸bob] }\n", { path: "slack.operators.0", message: /bob is no id of a Slack user/ }],
  ["operators of whom there is none", "slack: { operators: ▸[] }\n", { path: "slack.operators", message: /names nobody/ }],
  [
    "a webhook of no channel",
    'slack: { token: "${SET}", webhooks: { ▸deployment-alerts: "${SET}" } }\n',
    { message: /deployment-alerts is no channel/, offending: "deployment-alerts" },
  ],
  [
    "a channel without a webhook, where there is no token",
    `slack:
  channels: { canary: "#a", gate: "#a", healing: "#a", watch: "#a", critical: "#a", drift: ▸"#aa" }
  webhooks: { "#a": "\${SET}" }
`,
    {
      path: "slack.channels.drift",
      message: /no token and no webhook for #aa: add it under slack\.webhooks, or let drift be a channel that has one/,
      offending: "#aa",
      allowed: ["#a"],
    },
  ],

  // Days of a statement, and of the calendar
  [
    "a statement's day rule without the day in the statement",
    check("sql: select 1 as m\n        on: ▸yesterday", `{ fail: "< 1" }`),
    { message: /`on` needs `@day` in the statement/ },
  ],
  [
    "a statement that names something like the day",
    check(`sql: select @days as m\n        on: ▸2 days ago`, `{ fail: "< 1" }`),
    { message: /`on` needs `@day`/ },
  ],
  [
    "a statement with a day on any day",
    check("sql: select @day as m\n        on: ▸any", `{ fail: "< 1" }`),
    { message: /`@day` needs a business day/ },
  ],
  [
    "a statement's day rule beside its column",
    check("sql: select @day as m\n        day: ▸d", `{ fail: "< 1" }`),
    { message: /belongs to a check on a table/, offending: "day" },
  ],
  [
    "what is expected of a statement",
    `${calendar}${check("sql: select @day as m", `{ fail: ▸"< expected" }`)}`,
    { message: /`expected` belongs to a check on a table/ },
  ],
  [
    "a calendar that ends in a misspelt way",
    "calendar: { table: plan, day: day, entity: shop, ends: ▸nothing expcted }\n",
    { path: "calendar.ends", message: /not allowed/, allowed: ["unknown", "nothing expected"], nearest: "nothing expected" },
  ],

  // Incidents
  ["no days at all", "incidents: { open_days: ▸0 }\n", { path: "incidents.open_days", message: /small/, offending: "0" }],
  ["half a day", "incidents: { open_days: ▸1.5 }\n", { path: "incidents.open_days", message: /int/, offending: "1.5" }],
  ["days as a duration", "incidents: { open_days: ▸7d }\n", { path: "incidents.open_days", message: /wrong type/, offending: "7d" }],
  ["a reopening in full words", "incidents: { reopen: ▸1 hour }\n", { path: "incidents.reopen", message: /is no duration/ }],
  [
    "a misspelt key of incidents",
    "incidents: { ▸open_day: 7 }\n",
    {
      message: /not known/,
      allowed: ["open_after", "close_after", "unknown_after", "remind", "reopen", "open_days"],
      nearest: "open_days",
    },
  ],

  // What is no YAML at all
  ["a tab", "phases:\n▸\traw: {}\n", { message: /[Tt]ab/ }],
  [
    "a key twice",
    "phases: {}\n▸phases: {}\n",
    { path: "phases", message: /phases stands twice: the first is on line 4/, offending: "phases" },
  ],
  ["an alias without its anchor", "calendar: ▸*nope\n", { path: "calendar", message: /no anchor &nope/, offending: "*nope" }],
  [
    "a tag of one's own",
    "calendar: ▸!zzz { table: plan, day: day, entity: shop }\n",
    { message: /the tag !zzz is not known/, offending: "!zzz" },
  ],
  ["a second document", "▸---\nversion: 1\n", { message: /a second document begins here/ }],
])("%s is refused with its place", ([, text, { message, ...wanted }]) => {
  const found = problemsIn(head + text.replaceAll(MARK, ""), {
    SET: "https://set.example/in",
    HTTP: "http://x.example",
    WORD: "soon",
    EMPTY: "",
    BLANK: " \t",
    WORDS: "xoxb 1",
  });
  const [place] = placesOf(head + text);

  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({ file: "/shop/kintsugi.yaml", ...place, ...wanted });
  expect(found[0]!.message).toMatch(message);
});

test.for<[name: string, text: string, wanted: Partial<Problem>]>([
  [
    "another version",
    "version: 2\npipeline: shop\ntimezone: UTC\n",
    { path: "version", line: 1, column: 10, offending: "2", allowed: ["1"] },
  ],
  ["no version", "pipeline: shop\ntimezone: UTC\n", { path: "version", line: 1, column: 1, message: "is missing" }],
  [
    "a pipeline with a dot",
    "version: 1\npipeline: my.shop\ntimezone: UTC\n",
    { path: "pipeline", line: 2, column: 11, offending: "my.shop" },
  ],
  [
    "no such zone",
    "version: 1\npipeline: shop\ntimezone: America/NewYork\n",
    { line: 3, column: 11, offending: "America/NewYork", nearest: "America/New_York" },
  ],
  [
    "an empty pipeline",
    'version: 1\npipeline: ""\ntimezone: UTC\n',
    { path: "pipeline", line: 2, column: 11, message: "must not be empty" },
  ],
])("the head of the file is checked too: %s", ([, text, wanted]) => {
  expect(problemsIn(text)).toMatchObject([wanted]);
});

test.for<[what: string, text: string]>([
  ["a zone on another planet", "timezone: Mars/Olympus\n"],
  [
    "a gate before a phase of a wholly other name",
    `${check("table: sales", `{ count: "*", fail: "< 1" }`)}gates: { g: { before: xyzzy, checks: [raw.sales] } }\n`,
  ],
  ["an unknown key of a wholly other name", "xyzzy: 1\n"],
])("a name that resembles none is not said to mean one: %s", ([, text]) => {
  const found = problemsIn(text.startsWith("timezone") ? `version: 1\npipeline: shop\n${text}` : head + text);
  expect(found).toHaveLength(1);
  expect(found[0]).not.toHaveProperty("nearest");
});

test.for<[text: string]>([
  ["schedules: { drift: 30s }"],
  ["schedules: { cleanup: 90s, canary: 1s }"],
  ["warehouse: { bigquery: { project: p, location: us, max_bytes: 10 MiB } }"],
  ["warehouse: { bigquery: { project: example.com:shop-1, location: northamerica-northeast1 } }"],
  ["runtime: { gcp: { project: shop-123, region: europe-west12, dataset: Kin_tsugi2 } }"],
  [healer("fields: { done: is.complete }")],
  ["healers: { h: { batches: shops/berlin/batches } }"],
  [drift("{ git: ., branch: release/2.0 }", "{ file: d.json }")],
  [healer(`verify: { sql: "select count(*) > 0 from p where id = @target -- not '@target'" }`)],
  [healer(`verify: { sql: "select 'a''b' = x from p where id = @target /* '@target' */" }`)],
  [healer(`verify: { sql: "select x = 'mail@target.example' from p where id = @target" }`)],
  [check("table: my sales.Été", `{ null_count: 'größe "cm"', fail: "> 0" }`)],
  [check("table: sales", `{ age: at, fail: "outside 1h .. 2h" }`)],
  [check("table: sales", `{ age: at, fail: "outside 5 .. 20" }`)],
  [check("table: sales", `{ null_rate: price, fail: "outside 5% .. 20%" }`)],
  [check("table: sales", `{ null_rate: price, fail: "> 0.05" }`)],
  [check("table: sales", `{ count: "*", fail: "< 0.5" }`)],
  [check("table: sales", `{ sum: seconds, fail: "> 5h" }`)],
  [check("sql: select 1 as m", `{ fail: "> 5%" }`)],
  [check("sql: select 1 as m\n        on: any", `{ fail: "> 5%" }`)],
  [check("sql: select @day as m\n        on: 2 days ago", `{ fail: "> 5%" }`)],
  [check("sql: select @day as m", `{ fail: "> 5%" }`)],
  [`${calendar}${check("table: sales\n        day: day", `{ count: "*", fail: "= 0.5 * expected" }`)}`],
])("what can pass and fail is accepted: %s", ([text]) => {
  expect(problemsIn(head + text)).toEqual([]);
});

test("all problems are reported at once, in the order of the file, whatever their kind", () => {
  const text = `version: 1
pipeline: ▸my shop
timezone: ▸Mars/Olympus
phases:
  raw:
    checks:
      sales:
        table: ▸5
        metrics:
          rows: { count: "*", fail: ▸"< 0" }
          nulls: { ▸nul_count: price, fail: "> 0" }
gates:
  into-raw: { before: ▸rwa, checks: [raw.sales, ▸raw.sale] }
healers:
  one: { batches: batches, max_age: ▸1 day }
  two: { batches: ▸batches, mode: ▸shadwo }
schedules: { drift: ▸7m }
slack: { token: ▸xoxb-1 }
▸wacth: {}
`;
  const found = problemsIn(text.replaceAll(MARK, ""));
  expect(found.map(({ line, column }) => ({ line, column }))).toEqual(placesOf(text));
});

test.for<[name: string, text: string, paths: readonly string[]]>([
  [
    "a gate on a check that is itself wrong",
    "phases: { raw: { checks: { sales: { table: sales } } } }\ngates: { g: { before: raw, checks: [raw.sales] } }\n",
    ["phases.raw.checks.sales.metrics"],
  ],
  [
    "what is expected by a calendar that is itself wrong",
    `calendar: { table: plan, day: day }\n${check("table: sales\n        day: day", `{ count: "*", fail: "< expected" }`)}`,
    ["calendar.entity"],
  ],
  [
    "a metric whose aggregate is misspelt",
    check("table: sales", `{ cuont: "*", fail: "< 1" }`),
    ["phases.raw.checks.sales.metrics.m.cuont"],
  ],
  [
    "a channel whose webhook is not set",
    'slack: { webhooks: { "#deployment-alerts": "${NONE}" } }\n',
    ["slack.webhooks.#deployment-alerts"],
  ],
  ["a phase after one whose name is wrong", "phases: { raw data: {}, next: { after: [raw data] } }\n", ["phases.raw data"]],
])("one fault makes no second one appear: %s", ([, text, paths]) => {
  expect(problemsIn(head + text).map(({ path }) => path)).toEqual(paths);
});

test("without a token, each default channel that has no webhook is told, where there is one webhook at all", () => {
  const text = `${head}slack: { token: "\${NONE}", webhooks: { "#canary-alerts": "\${HOOK}" } }\n`;
  expect(problemsIn(text, { HOOK: "https://hooks.example/1" }).map(({ path, offending }) => `${path} ${offending}`)).toEqual([
    "slack.channels.drift #deployment-alerts",
    "slack.channels.healing #healing-alerts",
    "slack.channels.watch #monitoring-alerts",
    "slack.channels.critical #app-error-alerts",
  ]);
  expect(problemsIn(text, { HOOK: "https://hooks.example/1", NONE: "xoxb-1" })).toEqual([]);
});

test.for<[name: string, text: string]>([
  ["as text", "slack: { token: xoxb-secret-1 }\n"],
  ["in a list", "slack: [{ token: xoxb-secret-1 }]\n"],
  ["one level too deep", "slack: { token: { value: xoxb-secret-1 } }\n"],
])("a token is never shown, wherever it stands: %s", ([, text]) => {
  const found = problemsIn(head + text);
  expect(found.length).toBeGreaterThan(0);
  expect(JSON.stringify(found)).not.toContain("xoxb-secret-1");
});

test.for<[text: string]>([[""], ["null\n"], ["# nothing yet\n"]])("an empty file is told what every file has: %j", ([text]) => {
  expect(problemsIn(text).map(({ path, message }) => `${path} ${message}`)).toEqual([
    "version is missing",
    "pipeline is missing",
    "timezone is missing",
  ]);
});

test.for<[text: string]>([["- a\n"], ["just words\n"]])("a file that holds no map is refused, not read as empty: %j", ([text]) => {
  expect(problemsIn(text)).toMatchObject([{ line: 1, column: 1, message: expect.stringMatching(/expected object/) }]);
});

test("aliases that would grow without bound are refused", () => {
  const levels = ["b", "c", "d", "e"].map((name, index) => `${name}: &${name} [${Array(9).fill(`*${"abcd"[index]}`).join(", ")}]`);
  expect(problemsIn(`a: &a [x]\n${levels.join("\n")}\n`)).toMatchObject([{ message: expect.stringMatching(/alias/) }]);
});

test("a file that is not there is a problem, not a crash", async () => {
  expect(await loadConfig("/nowhere/kintsugi.yaml", {})).toEqual({
    problems: [{ file: "/nowhere/kintsugi.yaml", line: 1, column: 1, path: "", message: "cannot be read: is the path right?" }],
  });
});

test("a folder in the file's place is a problem that says what to give", async () => {
  expect(await loadConfig(import.meta.dirname, {})).toMatchObject({
    problems: [{ line: 1, column: 1, path: "", message: "is a directory: give the kintsugi.yaml in it" }],
  });
});

test("a process that cannot start without a configuration is told every problem with its place", async () => {
  await expect(requireConfig("/nowhere/kintsugi.yaml", {})).rejects.toThrow("/nowhere/kintsugi.yaml:1:1: cannot be read");
});

test("the example's configuration is right", async () => {
  const file = fileURLToPath(new URL("../../../examples/nba/kintsugi.yaml", import.meta.url));
  expect(await loadConfig(file, {})).toHaveProperty("config.pipeline", "nba-props");
});
