/** From events to what is to be told of them: of several changes of one incident at once the last one counts, with the remarks of all. Pure. */

import type { Channel } from "@kintsugi/events/fields";
import type { IncidentChanged, RepairsRecorded } from "@kintsugi/events/alerts";
import type { Event } from "@kintsugi/events/event";
import { composeIncident, type Setting } from "./compose.ts";
import { composeRepairs, repairsKey } from "./compose-repairs.ts";
import type { WantedRemark } from "./decide-delivery.ts";
import type { DeliveryRequest } from "./deliver.ts";
import { remarkKey } from "./delivery-entry.ts";
import { cleanLines } from "./one-line.ts";
import { isOwnRefusal } from "./own-refusal.ts";
import { plainText } from "./plain-text.ts";

export type Telling = Setting & {
  /** The function that tells. */
  readonly notifier: string;
  readonly receiver: string;
  readonly channels: Readonly<Record<Channel, string>>;
};

export function requestsOf(events: readonly Event[], telling: Telling): readonly DeliveryRequest[] {
  const requests = new Map<string, DeliveryRequest>();
  for (const event of events) {
    const request = requestOf(event, telling);
    if (request === undefined) continue;
    const { messageKey } = request.wanted;
    requests.set(messageKey, together(requests.get(messageKey), request));
  }
  return [...requests.values()];
}

export function incidentRequest(incident: IncidentChanged, telling: Telling): DeliveryRequest {
  const message = composeIncident(incident, telling);
  const channel = telling.channels[incident.channel];
  const { key, revision, state, change, severity } = incident;
  const post = incident.post && !isOwnRefusal(incident, { ...telling, channel });
  const remarks = incident.remarks.map(({ text, aloud }, index): WantedRemark => ({
    key: remarkKey(message.key, revision, index),
    revision,
    text: cleanLines(text),
    aloud,
    mayMention: change !== "reminder",
  }));
  const wanted = { messageKey: message.key, revision, post, state, change, remarks, text: plainText(message) };
  return { key, channel, message, wanted: { ...wanted, isCritical: severity === "critical" } };
}

function requestOf(event: Event, telling: Telling): DeliveryRequest | undefined {
  if (event.type === "repairs.recorded") return repairsRequest(event.data, telling);
  if (event.type === "incident.opened" || event.type === "incident.updated" || event.type === "incident.resolved")
    return incidentRequest(event.data, telling);
  return undefined;
}

function repairsRequest(recorded: RepairsRecorded, telling: Telling): DeliveryRequest {
  const message = composeRepairs(recorded, telling);
  const wanted = { messageKey: message.key, revision: recorded.revision, text: plainText(message), remarks: [] };
  const asIncident = { post: true, state: "open", change: "updated", isCritical: false } as const;
  return { key: repairsKey(recorded), channel: telling.channels.healing, message, wanted: { ...wanted, ...asIncident } };
}

function together(before: DeliveryRequest | undefined, request: DeliveryRequest): DeliveryRequest {
  if (before === undefined) return request;
  const [older, newer] = before.wanted.revision <= request.wanted.revision ? [before, request] : [request, before];
  // What says least does not hide what happened just before it.
  const change = newer.wanted.change === "updated" ? older.wanted.change : newer.wanted.change;
  return { ...newer, wanted: { ...newer.wanted, change, remarks: [...older.wanted.remarks, ...newer.wanted.remarks] } };
}
