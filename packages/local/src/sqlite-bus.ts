/** The bus as a table: at least once, with back-off; a scheduled run is a delivery too, so that a crash repeats it. */

import { randomUUID } from "node:crypto";
import type { Message } from "@kintsugi/ports/bus";
import { Failure } from "@kintsugi/ports/failure";
import type { BusOptions, Delivery, LocalBus } from "./local-bus.ts";
import { recentMessages } from "./recent-messages.ts";
import { inTransaction, type Sqlite } from "./sqlite-database.ts";

export type SqliteBus = LocalBus & {
  pendingBySubscription(): Readonly<Record<string, number>>;
  /** Of what waits or is at work (up to a delivery's id, if given): the newest id, and when the first is due. */
  waiting(upToId?: number): { readonly newestId: number; readonly nextDueMs: number } | undefined;
  lastDue(functionName: string): number | undefined;
};

/** Of data that is handed over without being read from the file. */
const MAX_RECENT_BYTES = 4 * 1024 * 1024;

export function sqliteBus(
  { database, commit }: Sqlite,
  { subscriptions, clock, newId = randomUUID, delays = () => [0] }: BusOptions,
): SqliteBus {
  const add = database.prepare(
    "INSERT INTO deliveries (subscription, kind, topic, message_id, attributes, data, attempt, published_ms, due_ms) VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?)",
  );
  const select = database.prepare(
    "SELECT id, subscription, kind, topic, message_id, attempt, published_ms, due_ms FROM deliveries WHERE subscription = ? AND due_ms <= ? ORDER BY due_ms, id LIMIT ?",
  );
  const selectContent = database.prepare("SELECT attributes, data FROM deliveries WHERE id = ?");
  const remove = database.prepare("DELETE FROM deliveries WHERE id = ?");
  const postpone = database.prepare("UPDATE deliveries SET attempt = attempt + 1, due_ms = ? WHERE id = ?");
  const earliest = database.prepare("SELECT due_ms FROM deliveries WHERE subscription = ? ORDER BY due_ms, id LIMIT 1");
  const counted = database.prepare("SELECT subscription, count(*) AS pending FROM deliveries GROUP BY subscription");
  const span = database.prepare("SELECT max(id) AS newest, min(due_ms) AS due FROM deliveries WHERE id <= ?");
  const hasten = database.prepare("UPDATE deliveries SET due_ms = ? WHERE due_ms > ?");
  const readSchedule = database.prepare("SELECT last_due_ms FROM schedules WHERE function = ?");
  const writeSchedule = database.prepare(
    "INSERT INTO schedules VALUES (?, ?) ON CONFLICT (function) DO UPDATE SET last_due_ms = excluded.last_due_ms",
  );
  const stored = (counted.all() as { subscription: string }[]).map((row) => row.subscription);
  const recent = recentMessages(MAX_RECENT_BYTES);
  const names = new Set([...Object.values(subscriptions).flat(), ...stored]);

  function insert(messages: readonly Message[]): readonly string[] {
    const nowMs = clock.now();
    return messages.map(({ topic, attributes, data }) => {
      const subscribers = subscriptions[topic];
      if (subscribers === undefined)
        throw new Failure("permanent", `topic ${topic} does not exist; there are ${Object.keys(subscriptions).join(", ")}`);
      const id = newId();
      const text = JSON.stringify(attributes);
      recent.keep(id, { attributes, data });
      for (const subscription of subscribers) {
        for (const delay of delays()) add.run(subscription, "event", topic, id, text, data, nowMs, nowMs + delay);
      }
      return id;
    });
  }

  function deliveryOf(row: Row): Delivery {
    const { id, kind, subscription, topic, attempt, message_id: messageId, published_ms: publishedMs, due_ms: dueMs } = row;
    const content = recent.find(messageId) ?? contentOf(selectContent.get(id) as ContentRow);
    return { ...content, id, kind, subscription, messageId, topic, attempt, publishedMs, dueMs };
  }

  return {
    insert,
    publish: (messages) => commit(() => insert(messages)),
    take: (subscription, nowMs, limit) => (select.all(subscription, nowMs, limit) as Row[]).map(deliveryOf),
    ack: (ids) => inTransaction(database, () => ids.forEach((id) => remove.run(id))),
    nack: (ids, dueMs) => inTransaction(database, () => ids.forEach((id) => postpone.run(dueMs, id))),
    nextDue(except = []) {
      const dues = [...names]
        .filter((name) => !except.includes(name))
        .map((name) => (earliest.get(name) as { due_ms: number } | undefined)?.due_ms);
      const known = dues.filter((due) => due !== undefined);
      return known.length === 0 ? undefined : Math.min(...known);
    },
    hurry: (nowMs) => void hasten.run(nowMs, nowMs),
    pendingBySubscription: () =>
      Object.fromEntries((counted.all() as { subscription: string; pending: number }[]).map((row) => [row.subscription, row.pending])),
    waiting(upToId = Number.MAX_SAFE_INTEGER) {
      const { newest, due } = span.get(upToId) as { newest: number | null; due: number | null };
      return newest === null || due === null ? undefined : { newestId: newest, nextDueMs: due };
    },
    enqueueRun(functionName, dueMs, by) {
      names.add(functionName);
      inTransaction(database, () => {
        const last = (readSchedule.get(functionName) as { last_due_ms: number } | undefined)?.last_due_ms;
        if (by === undefined && last !== undefined && last >= dueMs) return;
        if (by === undefined) writeSchedule.run(functionName, dueMs);
        const attributes = JSON.stringify({ due: String(dueMs), ...(by === undefined ? {} : { by }) });
        add.run(
          functionName,
          "run",
          "",
          `run:${functionName}:${dueMs}:${by ?? ""}`,
          attributes,
          new Uint8Array(),
          clock.now(),
          clock.now(),
        );
      });
    },
    lastDue: (functionName) => (readSchedule.get(functionName) as { last_due_ms: number } | undefined)?.last_due_ms,
  };
}

type Row = {
  readonly id: number;
  readonly subscription: string;
  readonly kind: "event" | "run";
  readonly topic: string;
  readonly message_id: string;
  readonly attempt: number;
  readonly published_ms: number;
  readonly due_ms: number;
};
type ContentRow = { readonly attributes: string; readonly data: Uint8Array };

function contentOf({ attributes, data }: ContentRow): Pick<Delivery, "attributes" | "data"> {
  return { attributes: JSON.parse(attributes) as Record<string, string>, data };
}
