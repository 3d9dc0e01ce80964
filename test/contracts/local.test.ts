/** The local ports, and Slack's, keep the contracts. */

import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { topics } from "@kintsugi/events/topics";
import { outboxDocuments } from "@kintsugi/function-kit/outbox-documents";
import { slackChat } from "@kintsugi/gcp/slack-chat";
import { ledgerTables } from "@kintsugi/ledger/tables";
import { localPlace } from "@kintsugi/ledger/statements";
import { duckdbLedger } from "@kintsugi/local/duckdb-ledger";
import { duckdbFileWarehouse } from "@kintsugi/local/duckdb-warehouse";
import { type SqliteBus, sqliteBus } from "@kintsugi/local/sqlite-bus";
import { openSqlite } from "@kintsugi/local/sqlite-database";
import { type SqliteDocuments, sqliteDocuments } from "@kintsugi/local/sqlite-documents";
import { terminalChat } from "@kintsugi/local/terminal-chat";
import { fakeSlack } from "@kintsugi/simulator/fake-slack";
import { type MemoryBus, memoryBus } from "@kintsugi/simulator/memory-bus";
import { memoryDocuments } from "@kintsugi/simulator/memory-documents";
import type { Documents } from "@kintsugi/ports/documents";
import { afterAll, expect, test } from "vitest";
import { startSlackServer } from "../support/slack-server.ts";
import { busContract } from "./bus.ts";
import { chatContract, chatMessage } from "./chat.ts";
import { documentsContract } from "./documents.ts";
import { ledgerContract } from "./ledger.ts";
import { orders, warehouseContract } from "./warehouse.ts";

const folder = mkdtempSync(join(tmpdir(), "kintsugi-contracts-"));
const closing: (() => void | Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
  rmSync(folder, { recursive: true, force: true });
});

const clock = { now: () => Date.parse("2026-02-05T20:00:00Z"), sleep: async () => {} };

const subscriptions = Object.fromEntries(topics.map((topic) => [topic, topic === "runs" ? ["subscriber"] : []]));

function memoryStores(): { bus: MemoryBus; documents: Documents } {
  let named = 0;
  const bus = memoryBus({ subscriptions, clock, newId: () => `message-${++named}` });
  return { bus, documents: outboxDocuments(memoryDocuments(clock), { bus, now: clock.now }) };
}

function openStores(name: string): { bus: SqliteBus; documents: SqliteDocuments } {
  const database = openSqlite(join(folder, `${name}.db`));
  closing.push(() => database.close());
  const bus = sqliteBus(database, { subscriptions, clock });
  return { bus, documents: sqliteDocuments(database, bus) };
}

documentsContract("SQLite", async () => {
  const { bus, documents } = openStores("documents");
  return { documents, published: async () => bus.take("subscriber", clock.now(), 10_000).map(({ data }) => Buffer.from(data).toString()) };
});

documentsContract("memory", async () => {
  const { bus, documents } = memoryStores();
  return { documents, published: async () => bus.take("subscriber", clock.now(), 10_000).map(({ data }) => Buffer.from(data).toString()) };
});

busContract("memory", async () => {
  const { bus } = memoryStores();
  return { bus, received: async () => bus.take("subscriber", clock.now(), 10_000) };
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
  const chat = terminalChat(documents, clock.now, ({ kind, channel, id, text }) => {
    if (kind !== "reply") seen.set(channel, (seen.get(channel) ?? new Map<string, string>()).set(id, text));
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
    remove: async (id) => slack.remove(id),
  };
});

chatContract("Slack on the stage", async () => {
  const slack = fakeSlack(clock.now, () => {});
  return {
    chat: slack.chat,
    visible: async (channel) => slack.messages.filter((message) => message.channel === channel).map(({ text }) => text),
    async remove(id) {
      const message = slack.messages.find((candidate) => candidate.id === id);
      slack.remove(message?.text ?? "");
    },
  };
});

test("what strangers wrote reaches the terminal without control characters, and no line of theirs passes for one of ours", async () => {
  const said: string[] = [];
  const chat = terminalChat(openStores("terminal").documents, clock.now, ({ text }) => void said.push(text));
  const hostile = "a\u001b[2Jb\u0007c\u202ed\nnext: rm -rf /";
  const message = chatMessage("k", { headline: hostile, facts: [hostile], steps: [hostile], notes: [hostile] });
  const address = await chat.post("#alerts", message);
  await chat.reply(address, { key: "k:2", text: "a\u001b[2Jb\nc", isAloud: false, mention: false });
  for (const text of said) expect(text).not.toMatch(/(?!\n)[\p{Cc}\u202E]/u);
  expect(said[0]!.split("\n").filter((line) => line.startsWith("next: rm"))).toEqual([]);
  expect(said[1]).toBe("ab\nc");
});
