/** From incidents and repairs to what each is to become as a message. Pure. */

import type { IncidentChanged, RepairsRecorded } from "@kintsugi/events/alerts";
import type { Event } from "@kintsugi/events/event";
import type { ChatMessage } from "@kintsugi/ports/chat";
import type { Wanted, WantedRemark } from "./decide-delivery.ts";
import { remarkKey } from "./delivery-entry.ts";
import { cleanLines } from "./one-line.ts";
import { plainText } from "./plain-text.ts";

/** The change of an incident that an event is; none for all other events. */
export function incidentOf(event: Event): readonly IncidentChanged[] {
  const isIncident = event.type === "incident.opened" || event.type === "incident.updated" || event.type === "incident.resolved";
  return isIncident ? [event.data] : [];
}

/** @param changes of one incident, those that came together; the last one counts, but what was remarked with each is said, and an update hides no news */
export function incidentWanted(changes: readonly IncidentChanged[], message: ChatMessage): Wanted {
  const last = changes.at(-1)!;
  return {
    messageKey: message.key,
    revision: last.revision,
    post: last.post,
    state: last.state,
    isCritical: last.severity === "critical",
    change: changes.findLast(({ change }) => change !== "updated")?.change ?? last.change,
    text: textOf(message),
    remarks: changes.flatMap((change) => remarksOf(change, message.key)),
  };
}

export function repairsWanted({ revision }: RepairsRecorded, message: ChatMessage): Wanted {
  const change = revision === 1 ? "opened" : "updated";
  return { messageKey: message.key, revision, post: true, state: "open", isCritical: false, change, text: textOf(message), remarks: [] };
}

/** Newer revisions last; each once. */
export function inOrder<T extends { readonly revision: number }>(changes: readonly T[]): readonly T[] {
  return [...new Map(changes.map((change) => [change.revision, change])).values()].sort((a, b) => a.revision - b.revision);
}

/** A button that has become pointless is a change that people see. */
function textOf(message: ChatMessage): string {
  return [plainText(message), ...message.actions.map(({ label }) => `[${label}]`)].join("\n");
}

function remarksOf({ remarks, revision, change }: IncidentChanged, messageKey: string): readonly WantedRemark[] {
  return remarks.map(({ text, aloud }, index) => ({
    key: remarkKey(messageKey, revision, index),
    revision,
    text: cleanLines(text),
    aloud,
    mayMention: change !== "reminder",
  }));
}
