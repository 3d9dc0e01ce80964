/** Events on the bus: CloudEvents 1.0 in Pub/Sub's binary mode, so that filters see the attributes. */

import { catalogue, type EventType, isEventType } from "./catalogue.ts";
import type { Event } from "./event.ts";
import type { Topic } from "./topics.ts";

const PREFIX = "io.kintsugi.";
const VERSION = ".v1";

export function wireType(type: EventType): string {
  return `${PREFIX}${type}${VERSION}`;
}

/** Accepts the name on the wire and the short name. */
export function typeFromWire(name: string): EventType | undefined {
  const short = name.startsWith(PREFIX) && name.endsWith(VERSION) ? name.slice(PREFIX.length, -VERSION.length) : name;
  return isEventType(short) ? short : undefined;
}

export function topicOf(type: EventType): Topic {
  return catalogue[type].topic;
}

/** The form in which an event goes to the bus. */
export function toMessage(event: Event): { topic: Topic; attributes: Record<string, string>; data: Uint8Array } {
  return {
    topic: topicOf(event.type),
    attributes: {
      "ce-specversion": "1.0",
      "ce-id": event.id,
      "ce-source": event.source,
      "ce-type": wireType(event.type),
      "ce-time": event.time,
      ...(event.subject === undefined ? {} : { "ce-subject": event.subject }),
      "content-type": "application/json",
    },
    data: new TextEncoder().encode(textOf(event.data)),
  };
}

/** Half of a surrogate pair, as a cut may leave it, is no text that a receiver takes. */
function textOf(data: unknown): string {
  const text = JSON.stringify(data);
  if (!/\\ud[89a-f]/.test(text)) return text;
  return JSON.stringify(data, (_, value: unknown) => (typeof value === "string" ? value.toWellFormed() : value));
}
