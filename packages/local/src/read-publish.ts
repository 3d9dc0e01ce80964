/** From the body of a Pub/Sub publish request to bus messages, or to the reason why it cannot be read. Pure. */

import { scanJson } from "@kintsugi/function-kit/scan-json";
import type { Message } from "@kintsugi/ports/bus";
import { z } from "zod";

/** Pub/Sub's own limits, so that what works here works there. */
const MAX_MESSAGES = 1_000;
const MAX_ATTRIBUTES = 100;
const MAX_NAME_BYTES = 256;
const MAX_VALUE_BYTES = 1_024;
/** As in Google's JSON: both alphabets, with or without padding. */
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

const PublishBody = z.strictObject({
  messages: z
    .array(
      z.strictObject({
        data: z.string().refine(isBase64, "is no base64").optional(),
        attributes: z.record(z.string(), z.string()).optional(),
        orderingKey: z.string().optional(),
        messageId: z.string().optional(),
        publishTime: z.string().optional(),
      }),
    )
    .min(1)
    .max(MAX_MESSAGES),
});

export type PublishRequest = { readonly messages: readonly Message[] } | { readonly reason: string };

export function readPublish(topic: string, body: Uint8Array): PublishRequest {
  const read = readJsonBody(body);
  if ("reason" in read) return read;
  const parsed = PublishBody.safeParse(read.value);
  if (!parsed.success) return { reason: issuesOf(parsed.error) };
  const messages = parsed.data.messages.map(({ data = "", attributes = {} }) => ({ topic, attributes, data: Buffer.from(data, "base64") }));
  for (const [index, message] of messages.entries()) {
    const fault = messageFault(message);
    if (fault !== undefined) return { reason: `messages.${index} ${fault}` };
  }
  return { messages };
}

export function readJsonBody(body: Uint8Array): { readonly value: unknown } | { readonly reason: string } {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return { reason: "the body is not UTF-8 text" };
  }
  if (text.trim() === "") return { reason: "the body is empty" };
  const scanned = scanJson(text);
  return "reason" in scanned ? { reason: `the body ${scanned.reason}` } : scanned;
}

export function issuesOf(error: z.ZodError): string {
  return error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.length === 0 ? "the body" : path.join(".")}: ${message}`)
    .join("; ");
}

function messageFault({ attributes, data }: Message): string | undefined {
  const pairs = Object.entries(attributes);
  if (data.length === 0 && pairs.length === 0) return "has neither data nor attributes";
  if (pairs.length > MAX_ATTRIBUTES) return `has ${pairs.length} attributes; at most ${MAX_ATTRIBUTES}`;
  for (const [name, value] of pairs) {
    if (name === "" || Buffer.byteLength(name) > MAX_NAME_BYTES)
      return `has an attribute whose name is empty or over ${MAX_NAME_BYTES} bytes`;
    if (Buffer.byteLength(value) > MAX_VALUE_BYTES) return `has the attribute ${name} with over ${MAX_VALUE_BYTES} bytes`;
  }
  return undefined;
}

function isBase64(text: string): boolean {
  const bare = text.replace(/(?<!=)=+$/, "");
  const isPadded = bare.length !== text.length;
  return BASE64.test(text) && bare.length % 4 !== 1 && (!isPadded || text.length % 4 === 0);
}
