/** What is said of a gate over HTTP is said by whom the host has let in; the name that a message gives is a claim. Pure. */

import { typeFromWire } from "@kintsugi/events/wire";
import type { Caller } from "@kintsugi/function-kit/declaration";
import { nameActor } from "@kintsugi/function-kit/http-callers";
import type { Message } from "@kintsugi/ports/bus";
import { readJsonBody } from "./read-publish.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Other messages, and what cannot be read, stay as they came. */
export function nameSpeaker(message: Message, caller: Caller): Message {
  if (message.topic !== "operator") return message;
  const { attributes, data } = message;
  if (data.length === 0) return isGateWord(attributes["ce-type"]) ? { ...message, attributes: withSpeaker(attributes, caller) } : message;
  const read = readJsonBody(data);
  if ("reason" in read || !isRecord(read.value)) return message;
  const named = namedBody(read.value, attributes["ce-type"], caller);
  return named === undefined ? message : { ...message, data: new TextEncoder().encode(JSON.stringify(named)) };
}

/** A structured CloudEvent has its fields inside; in binary mode and in the flat form they are the body. */
function namedBody(body: Fields, typeOutside: string | undefined, caller: Caller): Fields | undefined {
  const isStructured = "specversion" in body;
  if (!isGateWord(isStructured ? body["type"] : (typeOutside ?? body["type"]))) return undefined;
  if (!isStructured) return withSpeaker(body, caller);
  const { data = {} } = body;
  return isRecord(data) ? { ...body, data: withSpeaker(data, caller) } : undefined;
}

function withSpeaker<T extends Fields>({ claimed: _claimed, ...fields }: T, caller: Caller) {
  const { actor = caller.id } = fields;
  // What is no name at all is refused as it is.
  return { ...fields, ...(typeof actor === "string" ? nameActor(actor, caller) : {}) };
}

function isGateWord(name: unknown): boolean {
  const type = typeof name === "string" ? typeFromWire(name) : undefined;
  return type === "gate.overridden" || type === "gate.waived";
}

function isRecord(value: unknown): value is Fields {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
