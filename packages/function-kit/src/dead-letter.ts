/** What becomes of a message that cannot be read or handled: kept with its reason, once per bus message. */

import { derivedId } from "@kintsugi/events/event";
import { toMessage } from "@kintsugi/events/wire";
import type { Message } from "@kintsugi/ports/bus";
import type { Write } from "@kintsugi/ports/documents";
import type { RawMessage } from "./decode-message.ts";
import { maskText } from "./mask.ts";

export const deadLetters = "kintsugi_dead_letters";
const MAX_KEPT_BYTES = 16 * 1024;

/** The same for every function and delivery that refuses the message, so that it counts once. */
export function deadLetter(message: RawMessage, reason: string): { write: Write; publish: Message } {
  const id = derivedId("dead-letter", message.messageId);
  const data = {
    topic: message.topic,
    message_id: message.messageId,
    reason: maskText(reason).slice(0, 1_000),
    data: maskedBase64(message.data),
    bytes: message.data.length,
    attributes: Object.fromEntries(Object.entries(message.attributes).map(([name, value]) => [name, maskText(value).slice(0, 1_024)])),
  };
  const time = new Date(message.publishedMs).toISOString();
  return {
    write: { op: "set", collection: deadLetters, id, data: { ...data, time } },
    publish: toMessage({ id, source: "kintsugi", type: "message.dead_lettered", time, data }),
  };
}

/** Latin-1 keeps every byte as one character, so that masking text leaves binary data alone. */
function maskedBase64(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, MAX_KEPT_BYTES)).toString("latin1");
  return Buffer.from(maskText(text), "latin1").toString("base64");
}
