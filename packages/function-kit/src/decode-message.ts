/** From the bytes of a bus message to an event, or to the reason why it cannot be one. Pure. */

import { createHash } from "node:crypto";
import { catalogue, type EventType } from "@kintsugi/events/catalogue";
import { asReceived, derivedId, type Event, timeFault } from "@kintsugi/events/event";
import { Id, Time } from "@kintsugi/events/fields";
import { fillData } from "@kintsugi/events/fill";
import { quoted } from "@kintsugi/events/printable";
import { shorten } from "@kintsugi/events/shorten";
import { topicOf, typeFromWire } from "@kintsugi/events/wire";
import { z } from "zod";
import { maskJson, maskText } from "@kintsugi/events/mask";
import { scanJson } from "./scan-json.ts";

/** A message as the bus hands it over. `topic` is empty where the envelope does not tell. */
export type RawMessage = {
  readonly topic: string;
  readonly messageId: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly data: Uint8Array;
  readonly publishedMs: number;
};

/** `ahead`: times of the future that the event claimed, and that are not believed. */
export type Decoded = { readonly event: Event; readonly digest: string; readonly ahead?: string } | { readonly reason: string };

/** What the system stores or sends is at most this long. */
export const MAX_BYTES = 64 * 1024;
export const DEFAULT_SOURCE = "user";
const NOTHING: readonly string[] = [];
/** Made once: zod compiles a schema at its first use. */
const Envelope = z.object({ id: Id.optional(), source: Id.optional(), subject: Id.optional(), time: Time.optional() });

type Read = { readonly id: string; readonly source: string; readonly subject?: string; readonly time: string };
type Parts = { readonly context: Readonly<Record<string, unknown>>; readonly data: Record<string, unknown>; readonly isComplete: boolean };

type Known = { readonly message: RawMessage; readonly hidden: readonly string[]; readonly decoded: Decoded };

/** Several functions of one process get the same message: its bytes are read once. */
const known = new WeakMap<Uint8Array, Known>();

/** @param hidden what is masked wherever it stands, as `config.hidden` has it */
export function decodeMessage(message: RawMessage, nowMs: number, hidden: readonly string[] = NOTHING): Decoded {
  const before = known.get(message.data);
  const isKnown = before !== undefined && before.hidden === hidden && isSame(before.message, message);
  const decoded = isKnown ? before.decoded : decode(message, hidden);
  if (before === undefined && message.data.length > 0) known.set(message.data, { message, hidden, decoded });
  if ("reason" in decoded) return decoded;
  // The bus has a clock of its own: where ours is behind it, ours is wrong.
  const fault = timeFault(decoded.event, message.publishedMs > nowMs ? message.publishedMs : nowMs);
  return fault === undefined ? decoded : { reason: fault };
}

/** What an envelope leaves out is filled from the message. */
function isSame(one: RawMessage, { attributes, topic, messageId, publishedMs }: RawMessage): boolean {
  if (one.attributes !== attributes || one.topic !== topic) return false;
  if (one.messageId === messageId && one.publishedMs === publishedMs) return true;
  return attributes["ce-id"] !== undefined && attributes["ce-time"] !== undefined;
}

function decode(message: RawMessage, hidden: readonly string[]): Decoded {
  const parts = readParts(message);
  if ("reason" in parts) return parts;
  const type = readType(parts.context, message.topic, hidden);
  if (typeof type === "object") return type;
  const read = readEnvelope(parts, message);
  if ("reason" in read) return read;
  const envelope = maskedEnvelope(read, hidden);

  const parsed = catalogue[type].data.safeParse(fillData(type, parts.data, envelope));
  if (!parsed.success) return { reason: `${type} is not as agreed: ${firstIssues(parsed.error)}` };
  const event = { ...envelope, type, data: maskJson(parsed.data, hidden) } as Event;
  return { ...asReceived(event, message.publishedMs), digest: digestOf(message, parts.context) };
}

function readParts(message: RawMessage): Parts | { reason: string } {
  if (message.data.length > MAX_BYTES) return { reason: `is too large: ${message.data.length} bytes, at most ${MAX_BYTES}` };
  const attributes = contextOf(message.attributes);
  if (message.data.length === 0) {
    if (Object.keys(message.attributes).length === 0) return { reason: "is empty" };
    return { context: attributes.context, data: attributes.others, isComplete: false };
  }
  const text = decodeText(message.data);
  if (text === undefined) return { reason: "is not UTF-8 text without a byte order mark" };
  const scanned = scanJson(text);
  if ("reason" in scanned) return scanned;
  if (!isRecord(scanned.value)) return { reason: "is JSON, but no object" };
  return splitBody(scanned.value, attributes.context);
}

/** Structured CloudEvent, binary mode, or a user's flat form. */
function splitBody(body: Record<string, unknown>, attributes: Record<string, unknown>): Parts | { reason: string } {
  if ("specversion" in body) {
    const { data, ...context } = body;
    if (data !== undefined && !isRecord(data)) return { reason: "has data that is no object" };
    return { context, data: data ?? {}, isComplete: true };
  }
  if ("type" in attributes) return { context: attributes, data: body, isComplete: false };
  const { id, source, type, subject, time, ...data } = body;
  const own = Object.fromEntries(Object.entries({ id, source, type, subject, time }).filter(([, value]) => value !== undefined));
  return { context: { ...attributes, ...own }, data, isComplete: false };
}

function contextOf(attributes: Readonly<Record<string, string>>): { context: Record<string, string>; others: Record<string, string> } {
  const context: Record<string, string> = {};
  const others: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("ce-")) context[name.slice(3)] = value;
    else if (name !== "content-type") others[name] = value;
  }
  return { context, others };
}

function readType(context: Readonly<Record<string, unknown>>, topic: string, hidden: readonly string[]): EventType | { reason: string } {
  const { specversion, type: name } = context;
  if (specversion !== undefined && specversion !== "1.0")
    return { reason: `has specversion ${typeof specversion === "string" ? quote(specversion, hidden) : "that is no text"}; 1.0 is known` };
  if (typeof name !== "string") return { reason: "has no type" };
  const type = typeFromWire(name);
  if (type === undefined) return { reason: `has the unknown type ${quote(name, hidden)}` };
  if (topic !== "" && topic !== topicOf(type)) return { reason: `${type} does not belong on topic ${topic}` };
  return type;
}

/** An id that holds a secret becomes another one, always the same, so that a repetition is still known. */
function maskedEnvelope({ id, source, subject, time }: Read, hidden: readonly string[]): Read {
  const isClean = maskText(id, hidden) === id;
  return {
    id: isClean ? id : derivedId("masked", id),
    source: maskText(source, hidden),
    ...(subject === undefined ? {} : { subject: maskText(subject, hidden) }),
    time,
  };
}

function readEnvelope(parts: Parts, message: RawMessage): Read | { reason: string } {
  const { context } = parts;
  if (parts.isComplete && context["time"] === undefined) return { reason: "has no time" };
  const given = Envelope.safeParse(context);
  if (!given.success) return { reason: firstIssues(given.error) };
  const timeMs = given.data.time === undefined ? message.publishedMs : Date.parse(given.data.time);
  return {
    id: given.data.id ?? derivedId("message", message.messageId),
    source: given.data.source ?? DEFAULT_SOURCE,
    ...(given.data.subject === undefined ? {} : { subject: given.data.subject }),
    time: new Date(timeMs).toISOString(),
  };
}

/** Tells a repeated message from another one under the same id; what the envelope filled does not count. */
function digestOf(message: RawMessage, context: Readonly<Record<string, unknown>>): string {
  return createHash("sha256")
    .update(JSON.stringify([context["type"] ?? null, context["time"] ?? null]))
    .update(message.data)
    .digest("hex")
    .slice(0, 32);
}

/** A stranger's words in a reason of ours: short, one line, and in quotes. */
function quote(text: string, hidden: readonly string[]): string {
  return quoted(shorten(maskText(text, hidden), 100));
}

function decodeText(data: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
    return text.startsWith("\u{FEFF}") ? undefined : text;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function firstIssues(error: z.ZodError): string {
  return error.issues
    .slice(0, 3)
    .map((issue) => `${issue.path.join(".") || "it"}: ${issue.message}`)
    .join("; ");
}
