/** A chat that hears every announcement, some of them twice and late; what to call is decided by the notifiers' own rule. */

import type { IncidentChanged } from "@kintsugi/events/alerts";
import { type Call as Decided, decideDelivery } from "@kintsugi/notify/decide-delivery";
import { type DeliveryEntry, newEntry } from "@kintsugi/notify/delivery-entry";
import { incidentWanted } from "@kintsugi/notify/incident-telling";
import type { Call } from "./world.ts";

/** What is known of each message. */
export type Book = ReadonlyMap<string, DeliveryEntry>;

export type Delivered = { readonly book: Book; readonly calls: readonly Call[] };

const address = { channel: "C", id: "1" };

export function deliverTo(before: Book, announced: readonly IncidentChanged[]): Delivered {
  if (announced.length === 0) return { book: before, calls: [] };
  const book = new Map(before);
  const calls: Call[] = [];
  for (const incident of announced) {
    const message = messageOf(incident);
    const entry = book.get(message) ?? newEntry({ notifier: "n", receiver: "r", key: incident.key, channel: "c", messageKey: message });
    book.set(message, tell(entry, incident, calls));
  }
  return { book, calls };
}

export function messageOf({ key, opened }: IncidentChanged): string {
  return `${key} ${opened}`;
}

/** Steps until there is nothing left to do; each call arrives. */
function tell(before: DeliveryEntry, incident: IncidentChanged, calls: Call[]): DeliveryEntry {
  const wanted = incidentWanted([incident], chatMessage(incident));
  const { revision, text, state } = wanted;
  const noted = { key: incident.key, message: wanted.messageKey, incident, isAloud: false, mention: false, text: "" };
  let entry = before;
  for (;;) {
    const step = decideDelivery(entry, wanted, "edits", Number.MAX_SAFE_INTEGER);
    switch (step.action) {
      case "drop":
        return entry;
      case "settle":
        return { ...entry, settled: Math.max(entry.settled, revision), tried: Math.max(entry.tried, revision), state };
      case "edit":
        calls.push({ ...noted, kind: "edit" });
        entry = { ...entry, text, state };
        break;
      case "call":
        calls.push({ ...noted, kind: step.call.kind, isAloud: isHeard(step.call), mention: step.call.mention, text: textOf(step.call) });
        entry = arrived(entry, step.call, { revision, text, state });
        break;
      case "wait":
      case "look-up":
        throw new Error("every call arrives, so none is looked up");
    }
  }
}

function isHeard(call: Decided): boolean {
  return call.kind === "post" || call.isAloud;
}

function textOf(call: Decided): string {
  return call.kind === "reply" ? call.remark.text : "";
}

function arrived(entry: DeliveryEntry, call: Decided, seen: { revision: number; text: string; state: "open" | "resolved" }): DeliveryEntry {
  if (call.kind === "reply") return { ...entry, said: [...entry.said, call.key] };
  return { ...entry, address, first: seen.revision, text: seen.text, state: seen.state };
}

/** Only whether the text has changed matters here. */
function chatMessage(incident: IncidentChanged): Parameters<typeof incidentWanted>[1] {
  const { state, severity, days, root, explains, post } = incident;
  const headline = `${state} ${severity} ${days.map(({ day }) => day).join()} ${root ?? ""} ${explains.join()} ${post}`;
  return { key: messageOf(incident), headline, facts: [], steps: [], notes: [], tone: "red", mention: false, actions: [] };
}
