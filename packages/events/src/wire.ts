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

/** Pub/Sub takes no longer value: https://cloud.google.com/pubsub/quotas#resource_limits */
const MAX_ATTRIBUTE_BYTES = 1_024;

/**
 * The form in which an event goes to the bus. What is too long for an attribute is cut there, where filters look at it, and stands whole in a
 * structured event.
 */
export function toMessage(event: Event): { topic: Topic; attributes: Record<string, string>; data: Uint8Array } {
  const { id, source, subject, time, data } = event;
  const type = wireType(event.type);
  const context = { specversion: "1.0", id, source, type, time, ...(subject === undefined ? {} : { subject }) };
  const whole = Object.entries(context).map(([name, value]) => [`ce-${name}`, value] as const);
  const cut = whole.map(([name, value]) => [name, cutBytes(value, MAX_ATTRIBUTE_BYTES)] as const);
  const isWhole = whole.every(([, value], index) => value === cut[index]![1]);
  return {
    topic: topicOf(event.type),
    attributes: { ...Object.fromEntries(cut), "content-type": isWhole ? "application/json" : "application/cloudevents+json" },
    data: new TextEncoder().encode(textOf(isWhole ? data : { ...context, data })),
  };
}

/** The longest beginning that has at most so many bytes in UTF-8; no character is cut in two. */
function cutBytes(text: string, max: number): string {
  if (text.length * 3 <= max) return text;
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(max));
  return text.slice(0, read);
}

/** Half of a surrogate pair, as a cut may leave it, is no text that a receiver takes. */
function textOf(data: unknown): string {
  const text = JSON.stringify(data);
  if (!/\\ud[89a-f]/.test(text)) return text;
  return JSON.stringify(data, (_, value: unknown) => (typeof value === "string" ? value.toWellFormed() : value));
}
