/** What is known of one message for one receiver; stored, so that nothing is told twice. */

import { IncidentState } from "@kintsugi/events/alerts";
import { derivedId } from "@kintsugi/events/event";
import type { JsonObject } from "@kintsugi/ports/json";
import { z } from "zod";

export const deliveriesCollection = "kintsugi_notifications";

export const DeliveryEntry = z.object({
  /** The function that tells. */
  notifier: z.string(),
  /** Who is told. */
  receiver: z.string(),
  /** Of the incident, or of the day's repairs. */
  key: z.string(),
  channel: z.string(),
  /** Newest revision that is settled: people see it, or need not be told. */
  settled: z.number().default(0),
  /** Newest revision that was tried; who gets an older one leaves it to the newer, which comes again until it is settled. */
  tried: z.number().default(0),
  /** Where the message stands; none before it was posted, and after it was found to be gone. */
  address: z.object({ channel: z.string(), id: z.string() }).optional(),
  /** Revision with which it was posted: earlier remarks are part of it. */
  first: z.number().optional(),
  /** What people see. */
  text: z.string().optional(),
  /** When it was edited last, epoch ms. */
  editedMs: z.number().optional(),
  state: IncidentState.optional(),
  /** Keys of the remarks that were said. */
  said: z.array(z.string()).default([]),
  /** Calls that may have arrived: they are looked up before they are made again. */
  attempts: z.array(z.object({ key: z.string(), sinceMs: z.number(), revision: z.number().optional() })).default([]),
  /** Somebody is calling out right now. */
  claim: z.object({ revision: z.number(), atMs: z.number() }).optional(),
  /** Why the receiver refuses it until a person has mended something. */
  refused: z.string().optional(),
});
export type DeliveryEntry = z.infer<typeof DeliveryEntry>;

/** What names an entry, before there is one. */
export type EntryName = Pick<DeliveryEntry, "notifier" | "receiver" | "key" | "channel"> & {
  /** Of the message, the same for every receiver. */
  readonly messageKey: string;
};

export function entryId({ receiver, messageKey }: Pick<EntryName, "receiver" | "messageKey">): string {
  return derivedId(receiver, messageKey);
}

export function newEntry({ notifier, receiver, key, channel }: EntryName): DeliveryEntry {
  return { notifier, receiver, key, channel, settled: 0, tried: 0, said: [], attempts: [] };
}

/** Version 0.1.0 had one receiver, and kept its entries under the message's own key. */
const FirstVersion = z.object({
  key: z.string(),
  channel: z.string(),
  posted: z.number(),
  address: z.object({ channel: z.string(), ts: z.string() }).optional(),
  text: z.string().optional(),
  attemptedMs: z.number().optional(),
  saying: z.object({ revision: z.number(), atMs: z.number() }).optional(),
});

/** Undefined for what is no entry of version 0.1.0. */
export function fromFirstVersion(data: JsonObject, name: EntryName): DeliveryEntry | undefined {
  const parsed = FirstVersion.safeParse(data);
  if (!parsed.success) return undefined;
  const { key, channel, posted, address, text, attemptedMs, saying } = parsed.data;
  return {
    ...newEntry(name),
    key,
    channel,
    settled: posted,
    tried: posted,
    ...(address === undefined ? {} : { address: { channel: address.channel, id: address.ts }, first: posted }),
    ...(text === undefined ? {} : { text }),
    attempts: [
      ...(attemptedMs === undefined ? [] : [{ key: name.messageKey, sinceMs: attemptedMs }]),
      ...(saying === undefined ? [] : [{ key: remarkKey(name.messageKey, saying.revision, 0), sinceMs: saying.atMs }]),
    ],
  };
}

/** The key of a line in the thread: the first of a revision is called as in version 0.1.0. */
export function remarkKey(messageKey: string, revision: number, index: number): string {
  return index === 0 ? `${messageKey}:${revision}` : `${messageKey}:${revision}:${index}`;
}
