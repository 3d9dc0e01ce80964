/** The local ports, and Slack's, keep the contracts. */

import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { topics } from "@kintsugi/events/topics";
import { slackChat } from "@kintsugi/gcp/slack-chat";
import { ledgerTables } from "@kintsugi/ledger/tables";
import { localPlace } from "@kintsugi/ledger/statements";
import { duckdbLedger } from "@kintsugi/local/duckdb-ledger";
import { duckdbFileWarehouse } from "@kintsugi/local/duckdb-warehouse";
import { type SqliteBus, sqliteBus } from "@kintsugi/local/sqlite-bus";
import { openSqlite } from "@kintsugi/local/sqlite-database";
import { type SqliteDocuments, sqliteDocuments } from "@kintsugi/local/sqlite-documents";
import { terminalChat } from "@kintsugi/local/terminal-chat";
import { afterAll } from "vitest";
import { startSlackServer } from "../support/slack-server.ts";
import { busContract } from "./bus.ts";
import { chatContract } from "./chat.ts";
import { documentsContract } from "./documents.ts";
import { ledgerContract } from "./ledger.ts";
import { orders, warehouseContract } from "./warehouse.ts";

const folder = mkdtempSync(join(tmpdir(), "kintsugi-contracts-"));
const closing: (() => void | Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
  rmSync(folder, { recursive: true, force: true });
});

const clock = { now: () => Date.parse("2026-02-05T20:00:00Z") };

function openStores(name: string): { bus: SqliteBus; documents: SqliteDocuments } {
  const database = openSqlite(join(folder, `${name}.db`));
  closing.push(() => database.close());
  const subscriptions = Object.fromEntries(topics.map((topic) => [topic, topic === "runs" ? ["subscriber"] : []]));
  const bus = sqliteBus(database, { subscriptions, clock });
  return { bus, documents: sqliteDocuments(database, bus) };
}

documentsContract("SQLite", async () => {
  const { bus, documents } = openStores("documents");
  return { documents, published: async () => bus.take("subscriber", clock.now(), 10_000).map(({ data }) => Buffer.from(data).toString()) };
});

busContract("SQLite", async () => {
  const { bus } = openStores("bus");
  return { bus, received: async () => bus.take("subscriber", clock.now(), 10_000) };
});

warehouseContract("DuckDB", async () => {
  const file = join(folder, "orders.duckdb");
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run("CREATE SCHEMA shop");
  await connection.run("CREATE TABLE shop.orders (id BIGINT, price DOUBLE, note VARCHAR, paid BOOLEAN, day DATE, placed TIMESTAMPTZ)");
  await connection.run(`INSERT INTO shop.orders VALUES ${orders}`);
  connection.closeSync();
  instance.closeSync();
  return {
    warehouse: duckdbFileWarehouse(file, folder),
    async goAway() {
      renameSync(file, `${file}.gone`);
    },
  };
});

ledgerContract("DuckDB", async () => {
  const instance = await DuckDBInstance.create(join(folder, "ledger.duckdb"));
  closing.push(() => instance.closeSync());
  return { ledger: duckdbLedger(() => instance.connect(), ledgerTables), place: localPlace };
});

chatContract("terminal", async () => {
  const { documents } = openStores("chat");
  const seen = new Map<string, Map<string, string>>();
  const chat = terminalChat(documents, clock.now, ({ kind, channel, ts, text }) => {
    if (kind !== "reply") seen.set(channel, (seen.get(channel) ?? new Map<string, string>()).set(ts, text));
  });
  return { chat, visible: async (channel) => [...(seen.get(channel)?.values() ?? [])] };
});

chatContract("Slack", async () => {
  const slack = await startSlackServer();
  closing.push(slack.close);
  return {
    chat: slackChat({ token: "xoxb-for-tests-only", url: slack.url }),
    visible: async (channel) =>
      slack.messages
        .filter((message) => message.channel === `C${channel.slice(1).toUpperCase()}` && message.thread === undefined)
        .map(({ text }) => text),
  };
});
