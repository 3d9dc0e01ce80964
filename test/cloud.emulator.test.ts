/** The whole loop as it is deployed: the bundle of every function behind functions-framework, on Google's emulators, each message delivered twice. */

import { createHmac } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { topics } from "@kintsugi/events/topics";
import { canary } from "@kintsugi/canary/function";
import { cleanup } from "@kintsugi/cleanup/function";
import { drift } from "@kintsugi/drift/function";
import { gate } from "@kintsugi/gate/function";
import { firestoreDocuments } from "@kintsugi/gcp/firestore-documents";
import { pubsubBus } from "@kintsugi/gcp/pubsub-bus";
import { healingTracker } from "@kintsugi/healing-tracker/function";
import { ownStatements } from "@kintsugi/ledger/statements";
import { patternDetector } from "@kintsugi/pattern-detector/function";
import type { Documents } from "@kintsugi/ports/documents";
import { slackNotifier } from "@kintsugi/slack-notifier/function";
import { webhookNotifier } from "@kintsugi/webhook-notifier/function";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BigQueryServer, startBigQueryServer } from "./support/bigquery-server.ts";
import { type BuiltServices, buildServices } from "./support/bundles.ts";
import { type Bridge, bridge, type CloudFunction, startBundle } from "./support/cloud-functions.ts";
import { type Emulators, startEmulators } from "./support/emulators.ts";
import { createTopic } from "./support/pubsub-pull.ts";
import { message } from "./support/host-process.ts";
import { type SlackServer, startSlackServer } from "./support/slack-server.ts";
import { startWebhookServer, type WebhookServer } from "./support/webhook-server.ts";

const project = "kintsugi-cloud";
const signingSecret = "signing-secret-for-tests";
const receiverSecret = "receiver-secret-for-tests";
const declarations = [drift, canary, gate, cleanup, healingTracker, patternDetector, slackNotifier, webhookNotifier];
const configuration = `version: 1
pipeline: shop
timezone: UTC
runtime: { gcp: { project: ${project}, region: us-west2, dataset: kintsugi } }
warehouse: { bigquery: { project: ${project}, location: US, max_bytes: 1 GB } }
phases:
  raw:
    checks:
      orders: { table: shop.orders, severity: critical, metrics: { rows: { count: "*", fail: "< 3" } } }
  analytics: { after: [raw] }
gates:
  raw-to-analytics: { before: analytics, checks: [raw.orders], consumers: { analytics: block } }
drift:
  history: { git: ".", branch: main }
  deployments: { file: deployments.json }
  services: { api: { paths: [api] } }
healers:
  batch_cleanup: { batches: batches, verify: { after: 1s } }
slack: { token: "\${SLACK_BOT_TOKEN}", signing_secret: "\${SLACK_SIGNING_SECRET}", repairs: "off" }
receivers: { ops: { webhook: "\${OPS_WEBHOOK}", secret: "\${OPS_SECRET}" } }
`;

let folder: string;
let emulators: Emulators;
let bundles: BuiltServices;
let bigquery: BigQueryServer;
let slack: SlackServer;
let receiver: WebhookServer;
let documents: Documents;
let lines: Bridge;
const functions = new Map<string, CloudFunction>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kintsugi-cloud-"));
  await writeFile(join(folder, "kintsugi.yaml"), configuration);
  [emulators, bundles, bigquery, slack, receiver] = await Promise.all([
    startEmulators(),
    buildServices(),
    startBigQueryServer(),
    startSlackServer(),
    startWebhookServer(),
  ]);
  await bigquery.execute("CREATE SCHEMA kintsugi");
  for (const { sql } of ownStatements({ dialect: "bigquery", dataset: "kintsugi" }, 0).filter(({ name }) => /\.(create|view)\./.test(name)))
    await bigquery.execute(sql);
  await bigquery.execute("CREATE SCHEMA shop");
  await bigquery.execute("CREATE TABLE shop.orders (id INT64)");
  for (const topic of topics) await createTopic(project, topic);
  documents = firestoreDocuments({ project, bus: pubsubBus({ project }), now: Date.now });
  const environment = {
    KINTSUGI_CONFIG: join(folder, "kintsugi.yaml"),
    SLACK_BOT_TOKEN: "xoxb-for-tests-only",
    SLACK_SIGNING_SECRET: signingSecret,
    SLACK_API_URL: slack.url,
    OPS_WEBHOOK: receiver.url,
    OPS_SECRET: receiverSecret,
    BIGQUERY_EMULATOR_HOST: bigquery.url,
  };
  const started = await Promise.all(
    declarations.map(async (declaration) => {
      const { name } = declaration;
      return { ...(await startBundle(name, bundles.folderOf(name), environment)), declaration };
    }),
  );
  for (const each of started) functions.set(each.name, each);
  lines = await bridge(project, started);
});

afterAll(async () => {
  for (const each of functions.values()) each.stop();
  await slack?.close();
  await receiver?.close();
  await bigquery?.close();
  await emulators?.stop();
  bundles?.remove();
  await rm(folder, { recursive: true, force: true });
});

async function post(
  name: string,
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${functions.get(name)!.url}${path}`, { method: "POST", body, headers });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function ledger(sql: string): Promise<readonly Record<string, unknown>[]> {
  const { bigqueryWarehouse } = await import("@kintsugi/gcp/bigquery-warehouse");
  process.env["BIGQUERY_EMULATOR_HOST"] = bigquery.url;
  return (await bigqueryWarehouse({ project, location: "US", maxBytes: 1e9 }).query(sql)).rows;
}

async function publishHeals(healing_type: string, targets: readonly string[]): Promise<void> {
  const heals = targets.map((target) => message({ type: "healing.completed", healing_type, target, id: `${healing_type}-${target}` }));
  await pubsubBus({ project }).publish(heals.map(({ data }) => ({ topic: "healing", attributes: {}, data: Buffer.from(data, "base64") })));
}

test("a stalled batch in Firestore is closed in one run and proved in a later one; all is in the ledger", async () => {
  const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
  const stalled = {
    expected: 100,
    completed: 95,
    is_complete: false,
    created_at: minutesAgo(50),
    updated_at: minutesAgo(20),
  };
  await documents.commit({ writes: [{ op: "set", collection: "batches", id: "b1", data: stalled }], publish: [], outbox: "given" });

  const first = await post("cleanup", "/run", "", { "x-cloudscheduler-scheduletime": minutesAgo(1) });
  expect(first).toMatchObject({ status: 200, body: { verdict: "ok", healers: [{ healer: "batch_cleanup", closed: [{ target: "b1" }] }] } });
  expect((await documents.get("batches", "b1"))?.data).toMatchObject({ is_complete: true, completed: 95 });
  await expect
    .poll(
      async () => {
        const { body } = await post("cleanup", "/run", "", { "x-cloudscheduler-scheduletime": new Date().toISOString() });
        return (body["healers"] as { pending: number }[])[0]?.pending;
      },
      { timeout: 20_000 },
    )
    .toBe(0);

  await lines.deliverAll();
  const [heal] = await ledger("SELECT target, outcome, attempt FROM `kintsugi.healing_events_unique`");
  expect(heal).toEqual({ target: "b1", outcome: "effective", attempt: 1 });
  expect(await ledger("SELECT count(*) AS n FROM `kintsugi.events_unique` WHERE type = 'healing.requested'")).toEqual([{ n: 1 }]);
});

test("three repairs of one kind within the hour are one message in Slack, though every delivery came twice", async () => {
  await publishHeals("users_own", ["x", "y", "z"]);
  await lines.deliverAll();
  const told = slack.messages.filter(({ text }) => text.includes("users_own"));
  expect(told.map(({ text, thread }) => ({ text: text.split("\n")[0], thread }))).toEqual([
    { text: expect.stringContaining("users_own healed 3 times in 1 h"), thread: undefined },
  ]);
  expect(await ledger("SELECT count(*) AS n FROM `kintsugi.healing_events_unique` WHERE healing_type = 'users_own'")).toEqual([{ n: 3 }]);
});

test("the same incident reaches a receiver of webhooks, signed, and each change of it once", () => {
  const told = receiver.received.filter(({ body }) => body.includes("pattern:healing-frequent:users_own"));
  expect(told.length).toBeGreaterThan(0);
  const ids = told.map(({ headers }) => headers["x-kintsugi-id"]);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { headers, body } of told)
    expect(headers["x-kintsugi-signature"]).toBe(`sha256=${createHmac("sha256", receiverSecret).update(body).digest("hex")}`);
});

test("a button that is pressed in Slack is an operator's word, though the press came twice", async () => {
  const seconds = Math.floor(Date.now() / 1_000);
  const value = JSON.stringify({ incident: "pattern:healing-frequent:users_own" });
  const actions = [{ action_id: "acknowledge", value, action_ts: `${seconds}.000100` }];
  const payload = { type: "block_actions", user: { id: "U1", username: "ann" }, actions, message: { ts: "1.1" } };
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const signature = `v0=${createHmac("sha256", signingSecret).update(`v0:${seconds}:${body}`).digest("hex")}`;
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    "x-slack-request-timestamp": String(seconds),
    "x-slack-signature": signature,
  };
  for (let time = 0; time < 2; time++)
    expect(await post("slack-notifier", "/slack/actions", body, headers)).toMatchObject({
      status: 200,
      body: { response_type: "ephemeral" },
    });
  expect((await post("slack-notifier", "/slack/actions", `${body}&a=1`, headers)).status).toBe(401);
  await lines.deliverAll();
  const [row] = await ledger("SELECT count(*) AS n FROM `kintsugi.events_unique` WHERE type = 'incident.acknowledged'");
  expect(row).toEqual({ n: 1 });
});

test("a gate asks BigQuery, and a phase without its data may not start", async () => {
  const { status, body } = await post("gate", "/gates/raw-to-analytics/decisions", JSON.stringify({ consumer: "analytics" }));
  expect(status).toBe(200);
  expect(body).toMatchObject({ can_proceed: false, verdict: "block", checks: [{ check: "orders", verdict: "finding" }] });
});

test("a run in the cloud ends in a verdict with its bytes, and what it cannot look at yet is unknown", async () => {
  expect((await post("canary", "/run", "")).body["verdict"]).toBe("ok");
  expect((await post("drift", "/run", "")).status).toBe(200);
  await lines.deliverAll();
  const [looked] = await ledger("SELECT data FROM `kintsugi.events_unique` WHERE type = 'canary.evaluated'");
  expect(JSON.parse(String(looked?.["data"]))).toMatchObject({ bytes: 10_485_760, checks: [{ check: "orders", verdict: "finding" }] });
  const [compared] = await ledger("SELECT data FROM `kintsugi.events_unique` WHERE type = 'drift.evaluated'");
  expect(JSON.parse(String(compared?.["data"]))).toMatchObject({ services: [{ service: "api", verdict: "unknown" }] });
});

test.for([
  ["malformed JSON", "{", { "content-type": "application/json" }],
  ["nothing", "", { "content-type": "application/json" }],
  ["an encoding that it has not", "{}", { "content-type": "application/json", "content-encoding": "gzip" }],
  ["an unknown charset", "{}", { "content-type": "application/json; charset=klingon" }],
  ["a CloudEvent that is none", "[", { "content-type": "application/cloudevents+json" }],
  ["bytes without a type", Uint8Array.from([0xff, 0xfe]), {}],
] as const)("%s gets past the framework's own 400, and is kept with its reason", async ([, body, headers]) => {
  const letters = await documents.list("kintsugi_dead_letters");
  const answered = await post("healing-tracker", "/events/healing", body, headers);
  expect(answered).toMatchObject({ status: 200, body: { refused: expect.any(String) } });
  const after = await documents.list("kintsugi_dead_letters");
  const fresh = after.filter(({ id }) => letters.every((letter) => letter.id !== id));
  expect(fresh.map(({ data }) => data["reason"]).concat(letters.map(({ data }) => data["reason"]))).toContain(answered.body["refused"]);
});

test("what was refused is on the dead-letter topic, and in the ledger", async () => {
  await lines.deliverAll();
  const [row] = await ledger("SELECT count(*) AS n FROM `kintsugi.events_unique` WHERE type = 'message.dead_lettered'");
  expect(row?.["n"]).toBeGreaterThanOrEqual(4);
});

test("a store that is away makes the sender come again, and nothing is lost", async () => {
  bigquery.misbehave({ status: 503, reason: "backendError" });
  await publishHeals("while_away", ["t"]);
  await lines.deliverAll();
  bigquery.misbehave(undefined);
  expect(await ledger("SELECT count(*) AS n FROM `kintsugi.healing_events_unique` WHERE healing_type = 'while_away'")).toEqual([{ n: 0 }]);
  expect((await post("healing-tracker", "/run", "")).body).toMatchObject({ verdict: "ok" });
  expect(await ledger("SELECT count(*) AS n FROM `kintsugi.healing_events_unique` WHERE healing_type = 'while_away'")).toEqual([{ n: 1 }]);
});
