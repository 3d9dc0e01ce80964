/** What a change publishes, as rows of the outbox. Pure, but for the memory of what this process has just stored. */

import type { Message } from "@kintsugi/ports/bus";
import type { Document } from "@kintsugi/ports/documents";
import type { JsonObject } from "@kintsugi/ports/json";
import { z } from "zod";

export const OUTBOX = "kintsugi_outbox";
export const KEPT_MS = 7 * 24 * 3_600_000;
/** A document holds 1 MiB; names, times and the id need a little of it. */
const MAX_ROW_CHARS = 900 * 1024;
/** More than this is never waiting between a commit and its flush; what falls out is read again from the store. */
const MAX_REMEMBERED = 1_000;

/** One field of text: as a map, each part of each message would have an index entry of its own. */
const StoredMessage = z.object({ topic: z.string(), attributes: z.record(z.string(), z.string()), data: z.string() });
const StoredMessages = z.array(StoredMessage);
const StoredRow = z.object({ messages: z.string(), at: z.number() });

export type Row = { readonly id: string; readonly messages: readonly Message[]; readonly atMs: number };

/** All messages of a change in one row, or in as many as a document's size demands. */
export function rowsOf(outbox: string, messages: readonly Message[], atMs: number): readonly Row[] {
  const parts: Message[][] = [];
  let chars = Number.POSITIVE_INFINITY;
  for (const message of messages) {
    const size = JSON.stringify(stored(message)).length + 1;
    if (chars + size > MAX_ROW_CHARS) {
      parts.push([]);
      chars = 2;
    }
    parts.at(-1)!.push(message);
    chars += size;
  }
  return parts.map((part, index) => ({ id: index === 0 ? outbox : `${outbox}~row-${index}`, messages: part, atMs }));
}

export function rowData({ messages, atMs }: Row): JsonObject {
  return { messages: JSON.stringify(messages.map(stored)), at: atMs };
}

/** Version 0.1.0 kept a document for each message. */
export function readRow({ id, data }: Pick<Document, "id" | "data">): Row {
  const single = StoredMessage.safeParse(data);
  if (single.success) return { id, messages: [readMessage(single.data)], atMs: 0 };
  const { messages, at } = StoredRow.parse(data);
  return { id, messages: StoredMessages.parse(JSON.parse(messages)).map(readMessage), atMs: at };
}

function readMessage({ data, ...message }: z.infer<typeof StoredMessage>): Message {
  return { ...message, data: Buffer.from(data, "base64") };
}

function stored({ topic, attributes, data }: Message): z.infer<typeof StoredMessage> {
  return { topic, attributes: { ...attributes }, data: Buffer.from(data).toString("base64") };
}

/** `a~b` is a part of `a`. */
export function belongsTo(outbox: string, id: string): boolean {
  return id === outbox || id.startsWith(`${outbox}~`);
}

export type RememberedRows = {
  remember(rows: readonly Row[]): void;
  /** The rows of a change that this process has stored, once. */
  take(outbox: string): readonly Row[];
};

/** What was stored a moment ago need not be read again to be published. */
export function rememberedRows(): RememberedRows {
  const known = new Map<string, Row>();
  return {
    remember(rows) {
      for (const row of rows) known.set(row.id, row);
      for (const id of known.keys()) {
        if (known.size <= MAX_REMEMBERED) return;
        known.delete(id);
      }
    },
    take(outbox) {
      const rows = [...known.values()].filter(({ id }) => belongsTo(outbox, id));
      for (const { id } of rows) known.delete(id);
      return rows;
    },
  };
}
