/** A stage for one service: a configuration from its text, real documents in memory, and what was published with them. */

import { parseConfig } from "@kintsugi/config/load";
import type { Config } from "@kintsugi/config/model";
import type { DeliveredMessage } from "@kintsugi/function-kit/deliver-events";
import { openSqlite } from "@kintsugi/local/sqlite-database";
import { sqliteDocuments } from "@kintsugi/local/sqlite-documents";
import type { Bus, Message } from "@kintsugi/ports/bus";
import type { Documents } from "@kintsugi/ports/documents";
import type { JsonObject } from "@kintsugi/ports/json";

/** @param text all but version, pipeline and timezone */
export function configOf(text: string): Config {
  const loaded = parseConfig(`version: 1\npipeline: test\ntimezone: America/New_York\n${text}`, { file: "/stage/kintsugi.yaml", env: {} });
  if ("config" in loaded) return loaded.config;
  throw new Error(JSON.stringify(loaded.problems));
}

export type DocumentStage = {
  readonly documents: Documents;
  readonly bus: Bus;
  /** What changes have published, oldest first. */
  readonly published: readonly Message[];
  set(collection: string, id: string, data: JsonObject): Promise<void>;
  close(): void;
};

export function openDocuments(): DocumentStage {
  const published: Message[] = [];
  const sqlite = openSqlite(":memory:");
  const insert = (messages: readonly Message[]): readonly string[] => {
    published.push(...messages);
    return [];
  };
  const documents = sqliteDocuments(sqlite, { insert });
  return {
    documents,
    bus: { publish: async (messages) => insert(messages) },
    published,
    set: (collection, id, data) => documents.commit({ writes: [{ op: "set", collection, id, data }], publish: [], outbox: "stage" }),
    close: () => sqlite.close(),
  };
}

/** A message as a user sends it; `data` is the flat form. */
export function messageOf(topic: string, data: JsonObject, nowMs: number): DeliveredMessage {
  const bytes = Buffer.from(JSON.stringify(data));
  return { topic, messageId: `m-${String(data["id"])}`, attributes: {}, data: bytes, publishedMs: nowMs, attempt: 1 };
}
