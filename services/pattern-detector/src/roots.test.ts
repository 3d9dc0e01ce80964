import { parseConfig } from "@kintsugi/config/load";
import { expect, test } from "vitest";
import { type Incident, openIncident, resolveIncident } from "./incident.ts";
import { explain, rootOf } from "./roots.ts";

// scrape -> raw -> analytics -> predictions, and reports beside raw.
const check = (name: string): string => `{ checks: { ${name}: { sql: select 1 as n, metrics: { n: { fail: "< 1" } } } } }`;
const loaded = parseConfig(
  `
version: 1
pipeline: p
timezone: UTC
phases:
  scrape: ${check("files")}
  raw: { after: [scrape], ${check("rows").slice(1)}
  reports: { after: [scrape], ${check("sent").slice(1)}
  analytics: { after: [raw], ${check("summary").slice(1)}
  predictions: { after: [analytics], ${check("made").slice(1)}
gates:
  raw-to-analytics: { before: analytics, checks: [raw.rows] }
`,
  { file: "/p/kintsugi.yaml", env: {} },
);
if (!("config" in loaded)) throw new Error(JSON.stringify(loaded.problems));
const { config } = loaded;

function incident(key: string, change: Partial<Incident> = {}): [string, Incident] {
  const finding = { key, severity: "red", title: key, facts: [], next: [], channel: "canary" } as const;
  return [key, { ...openIncident(finding, undefined, 0), ...change }];
}

test.for<[name: string, key: string, open: readonly string[], expected: string | undefined]>([
  ["nothing upstream is open", "canary:analytics.summary", ["canary:analytics.summary"], undefined],
  ["the phase before is open", "canary:analytics.summary", ["canary:raw.rows"], "canary:raw.rows"],
  [
    "two are open upstream: the furthest explains",
    "canary:predictions.made",
    ["canary:analytics.summary", "canary:scrape.files", "canary:raw.rows"],
    "canary:scrape.files",
  ],
  [
    "a phase between them is well: the upstream one explains all the same",
    "canary:predictions.made",
    ["canary:raw.rows"],
    "canary:raw.rows",
  ],
  ["what is open stands beside, not before", "canary:analytics.summary", ["canary:reports.sent"], undefined],
  ["what is open stands after", "canary:raw.rows", ["canary:analytics.summary"], undefined],
  ["a gate, and a check that it lists is open", "gate:raw-to-analytics", ["canary:raw.rows"], "canary:raw.rows"],
  [
    "a gate, and what explains its check is open too",
    "gate:raw-to-analytics",
    ["canary:raw.rows", "canary:scrape.files"],
    "canary:scrape.files",
  ],
  ["a gate, and only a check that it does not list is open", "gate:raw-to-analytics", ["canary:scrape.files"], undefined],
  ["drift is explained by nothing", "drift:worker", ["canary:scrape.files"], undefined],
])("%s", ([, key, open, expected]) => {
  expect(rootOf(incident(key)[1], new Map(open.map((one) => incident(one))), config)).toBe(expected);
});

test("an info incident explains nothing", () => {
  const open = new Map([incident("canary:scrape.files", { severity: "info" })]);
  expect(rootOf(incident("canary:raw.rows")[1], open, config)).toBeUndefined();
});

test("what is explained is recorded and not posted; the root lists it and is", () => {
  const explained = explain(
    new Map([incident("canary:raw.rows"), incident("canary:analytics.summary"), incident("gate:raw-to-analytics")]),
    config,
  );
  expect([...explained.values()].map(({ key, root, explains, post }) => ({ key, root, explains, post }))).toEqual([
    { key: "canary:raw.rows", root: undefined, explains: ["canary:analytics.summary", "gate:raw-to-analytics"], post: true },
    { key: "canary:analytics.summary", root: "canary:raw.rows", explains: [], post: false },
    { key: "gate:raw-to-analytics", root: "canary:raw.rows", explains: [], post: false },
  ]);
});

test("when the root resolves, what it explained is judged again: another one upstream explains it, or it is posted", () => {
  const [key, root] = incident("canary:scrape.files");
  const explained = explain(
    new Map([
      [key, resolveIncident(root, 0)],
      incident("canary:raw.rows", { root: key, post: false }),
      incident("canary:analytics.summary", { root: key, post: false }),
    ]),
    config,
  );
  expect(explained.get("canary:raw.rows")).toMatchObject({ post: true, explains: ["canary:analytics.summary"] });
  expect(explained.get("canary:raw.rows")).not.toHaveProperty("root");
  expect(explained.get("canary:analytics.summary")).toMatchObject({ post: false, root: "canary:raw.rows" });
});

test.for<[name: string, told: boolean]>([
  ["that people know of is told as resolved", true],
  ["that nobody was told of stays silent", false],
])("a resolved incident %s", ([, told]) => {
  const [key, one] = incident("canary:raw.rows", { told });
  expect(explain(new Map([[key, resolveIncident(one, 0)]]), config).get(key)?.post).toBe(told);
});

test("an info incident is not posted", () => {
  expect(explain(new Map([incident("canary:raw.rows", { severity: "info" })]), config).get("canary:raw.rows")?.post).toBe(false);
});
