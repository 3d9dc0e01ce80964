/** The events that say what became of a message. */

import { derivedId } from "@kintsugi/events/event";
import type { Observation } from "@kintsugi/events/observation";
import { announce } from "@kintsugi/function-kit/announce";
import type { NewEvent } from "@kintsugi/function-kit/declaration";
import type { Message } from "@kintsugi/ports/bus";
import type { Documents } from "@kintsugi/ports/documents";
import { deliveriesCollection, DeliveryEntry } from "./delivery-entry.ts";
import type { Held } from "./entry-store.ts";
import { notificationFailed, type Refusal, refusalSubject } from "./refusal.ts";

export type Announcing = { readonly documents: Documents; readonly nowMs: number };

export type Told = {
  readonly revision: number;
  readonly kind: "post" | "edit" | "thread";
  /** Where the message stands now, in the receiver's own terms. */
  readonly address: string;
};

/** @param before as it was before the call: one that was refused says that the receiver takes messages again */
export async function deliveredEvent({ documents, nowMs }: Announcing, before: Held, told: Told): Promise<Message> {
  const { notifier, receiver, key, channel, refused } = before.entry;
  const isMended = refused !== undefined && !(await isAnyRefused(documents, notifier, before.id));
  const observations: Observation[] = isMended ? [{ subject: refusalSubject(notifier), verdict: "ok" }] : [];
  const data = { receiver, key, channel, ...told, observations };
  const purpose = `delivered:${told.revision}:${told.kind}`;
  return messageOf({ type: "notification.delivered", purpose, subject: key, data }, before, nowMs);
}

export function failedEvent(held: Held, revision: number, refusal: Refusal, nowMs: number): Message {
  const data = notificationFailed(held.entry, revision, refusal);
  return messageOf({ type: "notification.failed", purpose: `failed:${revision}`, subject: data.key, data }, held, nowMs);
}

/** Whether a message of this notifier waits for a person; asked only when it matters, since it reads all entries. */
export async function isAnyRefused(documents: Documents, notifier: string, exceptId?: string): Promise<boolean> {
  const stored = await documents.list(deliveriesCollection);
  return stored.some(({ id, data }) => {
    const entry = DeliveryEntry.safeParse(data).data;
    return id !== exceptId && entry?.notifier === notifier && entry.refused !== undefined;
  });
}

function messageOf(event: NewEvent, { id, entry }: Held, nowMs: number): Message {
  return announce([event], { functionName: entry.notifier, cause: derivedId(id, String(nowMs)), nowMs })[0]!;
}
