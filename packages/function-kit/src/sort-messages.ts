/** What of a batch of messages is new, what was handled before, and what cannot be handled. */

import type { EventType } from "@kintsugi/events/catalogue";
import { derivedId, type Event, eventKey } from "@kintsugi/events/event";
import type { Documents } from "@kintsugi/ports/documents";
import type { JsonObject } from "@kintsugi/ports/json";
import { decodeMessage } from "./decode-message.ts";
import type { DeliveredMessage } from "./deliver-events.ts";
import { seenCollection } from "./seen.ts";

/** What tells of the same again may say it in other words: a message that several refuse, a run whose trigger came twice. */
const mayDiffer: ReadonlySet<EventType> = new Set<EventType>(["message.dead_lettered", "run.completed"]);

export type Fresh = {
  readonly message: DeliveredMessage;
  readonly event: Event;
  readonly digest: string;
  readonly seenId: string;
  /** Times of the future that it claimed. */
  readonly ahead?: string;
};
export type Refused = { readonly message: DeliveredMessage; readonly reason: string };

export type Sorted = {
  /** Oldest first. */
  readonly fresh: readonly Fresh[];
  readonly refused: readonly Refused[];
  /** Handled before, and what that announced may not have left yet; by the name of its outbox. */
  readonly left: ReadonlyMap<string, readonly DeliveredMessage[]>;
};

export type SortFor = {
  readonly functionName: string;
  readonly documents: Pick<Documents, "getMany">;
  readonly nowMs: number;
  /** What is masked wherever it stands, as `config.hidden` has it. */
  readonly hidden: readonly string[];
  /** Takes a message that comes for the first time for new, unread: if it is not, its mark is there already, and the commit finds that. */
  readonly trustsFirst: boolean;
};

export async function sortMessages(messages: readonly DeliveredMessage[], sortFor: SortFor): Promise<Sorted> {
  const decoded = messages.map((message) => ({ message, ...decodeMessage(message, sortFor.nowMs, sortFor.hidden) }));
  const readable = decoded.flatMap((item) => ("event" in item ? [{ ...item, seenId: seenIdOf(item.event, sortFor) }] : []));
  const doubtful = readable.filter(({ message }) => !sortFor.trustsFirst || message.attempt !== 1);
  const seen = await readSeen(
    doubtful.map(({ seenId }) => seenId),
    sortFor,
  );
  const refused: Refused[] = decoded.flatMap((item) => ("reason" in item ? [{ message: item.message, reason: item.reason }] : []));
  const fresh = new Map<string, Fresh>();
  const left = new Map<string, DeliveredMessage[]>();
  for (const item of readable) {
    const before = seen.get(item.seenId);
    const digest = (before?.["digest"] as string | undefined) ?? fresh.get(item.seenId)?.digest;
    if (digest === undefined) fresh.set(item.seenId, item);
    else if (digest !== item.digest && !mayDiffer.has(item.event.type)) refused.push(otherContent(item));
    else if (typeof before?.["outbox"] === "string") left.set(before["outbox"], [...(left.get(before["outbox"]) ?? []), item.message]);
  }
  return { fresh: [...fresh.values()].sort((a, b) => Date.parse(a.event.time) - Date.parse(b.event.time)), refused, left };
}

function seenIdOf(event: Event, { functionName }: SortFor): string {
  return derivedId(functionName, eventKey(event));
}

async function readSeen(ids: readonly string[], { documents }: SortFor): Promise<ReadonlyMap<string, JsonObject>> {
  if (ids.length === 0) return new Map();
  const found = await documents.getMany(seenCollection, [...new Set(ids)]);
  return new Map(found.flatMap((document) => (document === undefined ? [] : [[document.id, document.data] as const])));
}

function otherContent({ message, event }: Fresh): Refused {
  return { message, reason: `source ${event.source} and id ${event.id} came before with other content` };
}
