/** A stage for what strangers send: each function that consumes events, behind the HTTP handler that the cloud calls, on a real store. */

import { parseConfigValue } from "@kintsugi/config/load";
import type { Config } from "@kintsugi/config/model";
import type { EventType } from "@kintsugi/events/catalogue";
import { topics } from "@kintsugi/events/topics";
import { topicOf } from "@kintsugi/events/wire";
import type { Dependencies, FunctionDeclaration } from "@kintsugi/function-kit/declaration";
import { httpHandler } from "@kintsugi/function-kit/http";
import { allFunctions } from "@kintsugi/local/functions";
import { sqliteBus } from "@kintsugi/local/sqlite-bus";
import { openSqlite } from "@kintsugi/local/sqlite-database";
import { sqliteDocuments } from "@kintsugi/local/sqlite-documents";

const now = Date.parse("2026-02-05T14:00:00Z");
export const consumers = allFunctions.filter(({ subscribes }) => subscribes.length > 0);

const incident = {
  type: "incident.opened",
  key: "watch:cleanup",
  state: "open",
  severity: "red",
  revision: 1,
  title: "cleanup is silent",
  facts: [],
  next: [],
  channel: "watch",
  post: true,
  opened: "2026-02-05T13:00:00Z",
  last_seen: "2026-02-05T13:00:00Z",
  count: 1,
  explains: [],
  change: "opened",
};

/** An event that the function takes. */
export const samples: Readonly<Record<string, object>> = {
  "healing-tracker": { type: "healing.completed", healing_type: "retry" },
  "pattern-detector": { type: "healing.completed", healing_type: "retry" },
  "slack-notifier": incident,
  "webhook-notifier": incident,
  cleanup: { type: "healing.paused", healer: "batch_cleanup", actor: "ann", reason: "a migration" },
  gate: { type: "gate.overridden", gate: "load-to-report", actor: "ann", reason: "known", until: "2026-02-06T14:00:00Z" },
};

/** Gives each function something to do. */
export const configuration = {
  version: 1,
  pipeline: "p",
  timezone: "UTC",
  warehouse: { duckdb: "w.duckdb" },
  phases: { load: { checks: { rows: { table: "t", metrics: { rows: { count: "*", fail: "< 1" } } } } }, report: {} },
  gates: { "load-to-report": { before: "report", checks: ["load.rows"] } },
  healers: { batch_cleanup: { batches: "batches" } },
};

export type StrangerStage = ReturnType<typeof strangerStage>;

/** @param given more of a configuration, and the environment that it takes values from */
export function strangerStage(declaration: FunctionDeclaration, given: { more?: object; env?: Record<string, string> } = {}) {
  const read = parseConfigValue({ ...configuration, ...given.more }, { file: "inline", env: given.env ?? {} });
  const config = (read as { config: Config }).config;
  const sqlite = openSqlite(":memory:");
  const clock = { now: () => now, sleep: () => new Promise<never>(() => {}) };
  const bus = sqliteBus(sqlite, {
    subscriptions: Object.fromEntries(topics.map((topic) => [topic, ["seen"]])),
    clock,
  });
  const documents = sqliteDocuments(sqlite, bus);
  const posts: string[] = [];
  const messages: string[] = [];
  const logged: string[] = [];
  const rows: string[] = [];
  const appended: string[] = [];
  const unused = async (): Promise<never> => {
    throw new Error("not used here");
  };
  const dependencies: Dependencies = {
    config,
    clock,
    bus,
    documents,
    warehouse: { dialect: "duckdb", query: unused, columns: unused },
    ledger: {
      dialect: "duckdb",
      append: async (_table, added) => (
        appended.push(JSON.stringify(added)),
        void rows.push(...added.map((row) => String(row["event_key"])))
      ),
      query: unused,
    },
    chat: {
      receiver: "slack",
      isEditable: true,
      post: async (channel, message) => (messages.push(JSON.stringify(message)), { channel, id: String(posts.push(message.headline)) }),
      update: async () => {},
      reply: unused,
      find: async () => undefined,
      problems: async () => [],
    },
    sendWebhook: async ({ body }) => (messages.push(body), { status: 200 }),
    deployments: { revisions: unused, services: unused },
    history: { tip: unused, undeployed: unused },
  };
  const handle = httpHandler(declaration, dependencies, (fact) => void logged.push(JSON.stringify(fact)));
  const sample = samples[declaration.name] as { type: EventType } | undefined;
  const topic = sample === undefined ? "runs" : topicOf(sample.type);
  return {
    posts,
    rows,
    topic,
    handle,
    /** All that has left the function, as text: logs, messages, rows, documents, and what waits on the bus. */
    left(): string {
      const stored = ["documents", "deliveries"].flatMap((table) => sqlite.database.prepare(`SELECT * FROM ${table}`).all());
      const texts = stored.map((row) =>
        Object.values(row).map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString() : String(value))),
      );
      return [...logged, ...messages, ...appended, ...texts.flat()].join("\n");
    },
    close: () => sqlite.close(),
    deadLetters: async () => (await documents.list("kintsugi_dead_letters")).map(({ data }) => String(data["reason"])),
    seen: async () => (await documents.list("kintsugi_seen")).length,
    send: async (body: string | Uint8Array, headers: Record<string, string> = {}) =>
      await handle({
        method: "POST",
        path: `/events/${topic}`,
        headers: { "content-type": "application/json", ...headers },
        body: Buffer.from(body as string),
      }),
  };
}

let sequence = 0;
export const push = (data: string | Uint8Array, attributes: Record<string, string> = {}, rest: object = {}): string =>
  JSON.stringify({
    message: {
      data: Buffer.from(data as string).toString("base64"),
      attributes,
      messageId: `m${++sequence}`,
      publishTime: "2026-02-05T13:59:59Z",
    },
    subscription: "s",
    ...rest,
  });
