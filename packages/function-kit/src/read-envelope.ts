/** From an HTTP request to bus messages: Pub/Sub push, Eventarc, a CloudEvent by itself, or a batch of them. Pure. */

import { derivedId } from "@kintsugi/events/event";
import { z } from "zod";
import type { DeliveredMessage } from "./deliver-events.ts";
import { scanJson } from "./scan-json.ts";

type Request = { readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array };

/** Unreadable input comes back as one message with its reason, so that it can be kept. */
export type Envelope =
  | { readonly messages: readonly DeliveredMessage[] }
  | { readonly unreadable: DeliveredMessage; readonly reason: string };

const PushMessage = z.object({
  data: z.string().optional(),
  attributes: z.record(z.string(), z.string()).optional(),
  messageId: z.string().min(1).optional(),
  message_id: z.string().min(1).optional(),
  publishTime: z.iso.datetime({ offset: true }).optional(),
});
const Push = z.object({ message: PushMessage, deliveryAttempt: z.number().int().positive().optional() });
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** @param topic by which infrastructure brings the message; what a message says of its topic does not count */
export function readEnvelope({ headers, body }: Request, topic: string, nowMs: number): Envelope {
  const whole = bare(body, {}, { topic, nowMs });
  const refuse = (reason: string): Envelope => ({ unreadable: whole, reason });
  if (body.length === 0) return refuse("the body is empty");
  const scanned = scanBody(body);
  if ("reason" in scanned) return refuse(`the body ${scanned.reason}`);
  const { value } = scanned;
  if (Array.isArray(value)) {
    if (!(headers["content-type"] ?? "").startsWith("application/cloudevents-batch+json")) return refuse("the body is a JSON array");
    return { messages: value.map((item) => bare(Buffer.from(JSON.stringify(item)), {}, { topic, nowMs })) };
  }
  if (!isRecord(value)) return refuse("the body is JSON, but no object");
  const inner = pushOf(value);
  if (inner !== undefined) return readPush(inner, whole, nowMs);
  if ("specversion" in value || typeof value["type"] === "string") return { messages: [whole] };
  const context = Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("ce-")));
  if (context["ce-type"] !== undefined) return { messages: [bare(body, context, { topic, nowMs })] };
  return refuse("`message` is missing");
}

function readPush(value: unknown, whole: DeliveredMessage, nowMs: number): Envelope {
  const parsed = Push.safeParse(value);
  if (!parsed.success)
    return { unreadable: whole, reason: `the push envelope is not as agreed: ${parsed.error.issues[0]?.path.join(".")}` };
  const { message, deliveryAttempt } = parsed.data;
  const encoded = message.data ?? "";
  const base = {
    topic: whole.topic,
    messageId: message.messageId ?? message.message_id ?? whole.messageId,
    attributes: message.attributes ?? {},
    publishedMs: message.publishTime === undefined ? nowMs : Date.parse(message.publishTime),
    // Pub/Sub counts where the subscription has a dead-letter policy, and nowhere else.
    attempt: deliveryAttempt ?? 0,
  };
  if (!BASE64.test(encoded))
    return { unreadable: { ...base, data: Buffer.from(encoded) }, reason: "data is not base64 (standard alphabet, with padding)" };
  return { messages: [{ ...base, data: Buffer.from(encoded, "base64") }] };
}

/** The push envelope itself, or inside an Eventarc event in structured mode. */
function pushOf(value: Record<string, unknown>): unknown {
  if ("message" in value && value["type"] === undefined) return value;
  const data = value["data"];
  return isRecord(data) && "message" in data && "specversion" in value ? data : undefined;
}

/** `//pubsub.googleapis.com/projects/P/topics/T`: Eventarc, which has no path for each topic, names it in the headers that it makes. */
export function eventarcTopic(headers: Readonly<Record<string, string>>): string | undefined {
  return /^\/\/pubsub\.googleapis\.com\/projects\/[^/]+\/topics\/(?:kintsugi-)?([^/]+)$/.exec(headers["ce-source"] ?? "")?.[1];
}

function bare(data: Uint8Array, attributes: Record<string, string>, { topic, nowMs }: { topic: string; nowMs: number }): DeliveredMessage {
  const messageId = derivedId("bytes", Buffer.from(data).toString("latin1"), JSON.stringify(attributes));
  return { topic, messageId, attributes, data, publishedMs: nowMs, attempt: 0 };
}

function scanBody(body: Uint8Array): { value: unknown } | { reason: string } {
  try {
    return scanJson(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body));
  } catch {
    return { reason: "is not UTF-8 text" };
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
