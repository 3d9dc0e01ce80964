/** What becomes of a message that cannot be read or handled: kept with its reason, once per bus message. */

import { isUtf8 } from "node:buffer";
import { derivedId } from "@kintsugi/events/event";
import type { Observation } from "@kintsugi/events/observation";
import { shorten } from "@kintsugi/events/shorten";
import { toMessage } from "@kintsugi/events/wire";
import type { Message } from "@kintsugi/ports/bus";
import type { Write } from "@kintsugi/ports/documents";
import type { RawMessage } from "./decode-message.ts";
import type { Door } from "./mask-what-leaves.ts";

export const deadLetters = "kintsugi_dead_letters";
/** The same whichever function refuses: a message is one dead letter. */
export const deadLetterSource = "kintsugi";
const MAX_KEPT_BYTES = 16 * 1024;
const MAX_REASON = 1_000;
const MAX_ATTRIBUTE = 1_024;
/** What nobody need do anything about; the warehouse's record of it stays. */
const KEPT_MS = 90 * 24 * 3_600_000;

export type Letter = {
  /** Who refuses it. */
  readonly functionName: string;
  readonly reason: string;
  /** Whether a person must mend something before it can be handled; unreadable input by itself calls nobody. */
  readonly needsPerson: boolean;
};

/**
 * The same for every function and delivery that refuses the message, so that it counts once. What came as a dead letter and is refused again
 * is kept and not announced, or it would go round for ever.
 */
export function deadLetter(message: RawMessage, letter: Letter, door: Door): { write: Write; publish: readonly Message[] } {
  const id = derivedId("dead-letter", message.messageId);
  const data = {
    topic: message.topic,
    message_id: message.messageId,
    reason: shorten(door.text(letter.reason), MAX_REASON),
    function: letter.functionName,
    needs_person: letter.needsPerson,
    data: maskedBase64(message.data, door),
    bytes: message.data.length,
    attributes: shortPairs(door.json({ ...message.attributes })),
  };
  const time = new Date(message.publishedMs).toISOString();
  const { needs_person: _kept, ...told } = data;
  const observations = letter.needsPerson ? [observationOf({ ...letter, reason: data.reason }, id)] : [];
  const event = { id, source: deadLetterSource, type: "message.dead_lettered", time, data: { ...told, observations } } as const;
  return {
    write: {
      op: "set",
      collection: deadLetters,
      id,
      data: { ...data, time },
      ...(letter.needsPerson ? {} : { expiresMs: message.publishedMs + KEPT_MS }),
    },
    publish: message.topic === "dead-letter" ? [] : [toMessage(event)],
  };
}

function observationOf({ functionName, reason }: Letter, id: string): Observation {
  return {
    subject: { kind: "dead-letter", function: functionName },
    verdict: "finding",
    severity: "red",
    title: `${functionName} could not handle a message, and a person is needed`,
    facts: [shorten(reason, 500)],
    next: [`kintsugi dead-letters show ${id}`, `mend the cause, then kintsugi dead-letters replay ${id}`],
    channel: "watch",
  };
}

function shortPairs(pairs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(pairs).map(([name, value]) => [name, shorten(value, MAX_ATTRIBUTE)]));
}

/** Text is masked as text. Latin-1 keeps every byte of anything else as one character, so that masking leaves binary data alone. */
function maskedBase64(bytes: Uint8Array, door: Door): string {
  const kept = Buffer.from(bytes.subarray(0, MAX_KEPT_BYTES));
  const encoding = isUtf8(kept) ? "utf8" : "latin1";
  return Buffer.from(door.text(kept.toString(encoding)), encoding).toString("base64");
}
